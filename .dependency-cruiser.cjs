/** The story's order: a part may import those before it, never those after. `src/README.md` says why each is. */
const layers = [
  ['shared'],
  ['config'],
  ['platform'],
  ['observability'],
  ['secrets'],
  ['audit'],
  ['identity'],
  ['catalog'],
  ['quotas'],
  ['policy'],
  ['approvals'],
  ['exceptions'],
  ['resources'],
  ['ownership'],
  ['options'],
  ['requests'],
  ['browsing'],
  ['bulk'],
  ['orchestrator'],
  ['upkeep'],
  ['lifecycle'],
  ['incidents'],
  ['slack'],
];
const parts = layers.flat();

const downwardOnly = layers.slice(0, -1).map((layer, index) => ({
  name: `${layer[0]}-stays-below`,
  comment: 'Imports go downward only. Declare a port here and let the higher part bind it.',
  severity: 'error',
  from: { path: `^src/(${layer.join('|')})/` },
  to: { path: `^src/(${layers.slice(index + 1).flat().join('|')}|playground)/` },
}));

const onlyIn = (name, packages, from) => ({
  name,
  comment: `${packages} is known to ${from} alone.`,
  severity: 'error',
  from: { path: '^(src|migrations)/', pathNot: from },
  to: { path: `node_modules/(${packages})` },
});

module.exports = {
  forbidden: [
    ...downwardOnly,
    {
      name: 'enter-by-the-index',
      comment: 'A folder is entered through its index.ts.',
      severity: 'error',
      from: { path: `^src/(${parts.join('|')}|playground)/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `^src/(${parts.filter((part) => part !== 'platform').join('|')}|playground|platform/[^/]+)/`, pathNot: [`^src/$1/`, '/index\\.ts$'] },
    },
    {
      name: 'playground-stands-alone',
      comment: 'The playground holds nothing the bot relies on, and the bot nothing of the playground.',
      severity: 'error',
      from: { path: '^src/playground/' },
      to: { path: '^src/', pathNot: '^src/(playground|shared)/' },
    },
    {
      name: 'playground-only-from-the-top',
      severity: 'error',
      from: { path: `^src/(${parts.join('|')})/` },
      to: { path: '^src/playground/' },
    },
    onlyIn('slack-in-slack', '@slack/', '^src/(slack|playground)/'),
    onlyIn('casl-in-policy', '@casl/', '^src/policy/'),
    onlyIn('vault-in-secrets', 'node-vault', '^src/secrets/'),
    onlyIn('dbos-in-workflows', '@dbos-inc/', '^src/(platform/durable/|.*\\.workflow\\.ts$)'),
    onlyIn('nest-not-in-shared', '@nestjs/', '^src/(?!shared/)'),
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-unknown', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-dev-in-product', severity: 'error', from: { path: '^(src|migrations)/', pathNot: ['\\.spec\\.ts$', '^src/playground/ui/'] }, to: { dependencyTypes: ['npm-dev'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/playground/ui/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'], extensions: ['.ts', '.js', '.json'] },
  },
};
