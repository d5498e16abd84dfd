import type { Scenario } from './scenario.js';

const BIRTH = ['space', 'service'];
const DEPLOYMENT = ['metrics', 'beside', 'shift10', 'gate10', 'shift50', 'gate50', 'shift100', 'gate100', 'remove'];

export const blueGreenService: Scenario = {
  title: 'a blue/green service: a deployment, one that goes back by itself, no effect twice',
  name: 'shop',
  steps: { apply: BIRTH, operate: DEPLOYMENT, destroy: [...BIRTH, ...DEPLOYMENT] },
  async play({ world: { service: world }, journey }) {
    const { cluster } = world;
    const deploy = (image: string, until: RegExp) =>
      journey.operate('shop', {
        button: 'Deploy a version…',
        title: 'Deploy a version',
        fields: { 'param:image': image, 'param:seconds': 0 },
        until,
      });
    await journey.request({
      item: 'blue-green-service',
      title: 'Blue/green service',
      name: 'shop',
      pages: [
        {
          'param:name': 'shop',
          'param:image': 'registry.example.org/shop:1.0.0',
          'param:host': 'shop.example.org',
          'param:cluster': 'service',
          'param:gateway': 'gateways/public',
          'param:prometheus': world.prometheus.url,
          environment: 'development',
        },
      ],
    });
    const afterBirth = [...cluster.changes];
    expect(new Set(afterBirth).size).toBe(afterBirth.length);

    await deploy('registry.example.org/shop:1.1.0', /✅ \*Deploy a version\* · done/);
    expect(cluster.changes.slice(afterBirth.length)).toEqual([
      'Deployment/shop-green made',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'Deployment/shop-blue removed',
    ]);
    const afterDeploy = cluster.changes.length;
    world.errors = () => (JSON.stringify(cluster.find('HTTPRoute', 'shop')).includes('"weight":50') ? 7 : 0);
    await deploy('registry.example.org/shop:1.2.0', /❌ \*Deploy a version\*/);
    expect(cluster.changes.slice(afterDeploy)).toEqual([
      'Deployment/shop-blue made',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'Deployment/shop-blue removed',
    ]);
    await journey.destroy('shop');
    expect(cluster.names).toEqual([]);
  },
};
