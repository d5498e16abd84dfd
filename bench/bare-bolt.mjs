// The yardstick: the same Bolt, the same receiver, an empty handler. Prints its port on a line of its own.
import bolt from '@slack/bolt';

const receiver = new bolt.ExpressReceiver({
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  endpoints: '/slack/events',
});
const app = new bolt.App({
  receiver,
  authorize: async () => ({ botToken: 'xoxb-none', botId: 'B0', botUserId: 'U0' }),
  logLevel: bolt.LogLevel.ERROR,
});
app.command(/.*/, async ({ ack }) => ack());
app.view(/.*/, async ({ ack }) => ack());
const server = await receiver.start(0);
console.log(JSON.stringify({ port: server.address().port }));
