import { z } from 'zod';
import { Refusal } from '../workspace/refusal.js';
import { APP_ID, BOT_ID } from '../workspace/workspace-seed.js';
import { method } from './method.js';

const none = z.looseObject({});

const apiTest = method(
  'api.test',
  z.looseObject({ error: z.string().optional() }),
  (_world, args) => {
    if (args.error !== undefined) throw new Refusal(args.error, { fields: { args } });
    return { args };
  },
  'none',
);

const authTest = method('auth.test', none, (world) => ({
  url: `${world.baseUrl}/`,
  team: world.workspace.team.name,
  user: world.workspace.bot.name,
  team_id: world.workspace.team.id,
  user_id: world.workspace.bot.id,
  bot_id: BOT_ID,
  is_enterprise_install: false,
}));

const openConnection = method(
  'apps.connections.open',
  none,
  (world) => ({
    url: `${world.baseUrl.replace(/^http/u, 'ws')}/link/?ticket=${world.tickets.issue()}&app_id=${APP_ID}`,
  }),
  'app',
);

const teamInfo = method('team.info', none, (world) => ({
  team: {
    ...world.workspace.team,
    email_domain: 'quartermaster.test',
    icon: { image_default: true },
    url: `${world.baseUrl}/`,
  },
}));

const botInfo = method('bots.info', z.looseObject({ bot: z.string().optional() }), (world, args) => {
  if (args.bot !== undefined && args.bot !== BOT_ID) throw new Refusal('bot_not_found');
  const { bot } = world.workspace;
  return {
    bot: {
      id: BOT_ID,
      deleted: bot.deleted,
      name: bot.realName,
      updated: 0,
      app_id: APP_ID,
      user_id: bot.id,
      icons: {},
    },
  };
});

export const teamMethods = [apiTest, authTest, openConnection, teamInfo, botInfo];
