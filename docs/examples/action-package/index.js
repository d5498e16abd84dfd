/**
 * `ticket:open`: a ticket in a tracker, closed again when the resource is taken down. Nothing is imported: what is needed comes
 * with the kit.
 */
export default ({ z, defineAction, ActionFailed, http }) => {
  const login = z.strictObject({ ref: z.string(), field: z.string() });

  /** Only to servers that the operator listed. A secret is fetched for the call and kept nowhere. */
  async function call(state, method, path, { secrets, signal }, body) {
    const headers = { 'content-type': 'application/json' };
    if (state.login !== null) headers.authorization = `Bearer ${(await secrets.get(state.login.ref))[state.login.field]}`;
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await http.call({ url: `${state.tracker}${path}`, method, headers, signal, ...content });
    if (answer.status < 400) return JSON.parse(answer.body);
    // A sentence for people; true: the very same call may work later.
    throw new ActionFailed(`The tracker answered ${answer.status}.`, answer.status >= 500);
  }

  /** The key is on the ticket: what an earlier attempt opened is found. */
  async function find(state, context) {
    const [ticket = null] = await call(state, 'GET', `/tickets?key=${encodeURIComponent(state.key)}`, context);
    return ticket;
  }

  return defineAction({
    id: 'ticket:open',
    title: 'Open a ticket',
    owns: true,
    input: z.strictObject({
      tracker: z.url({ protocol: /^https?$/ }),
      summary: z.string().min(1).max(200),
      login: login.optional(),
    }),
    output: z.object({ ticket: z.string(), url: z.string() }),
    state: z.object({ tracker: z.string(), key: z.string(), login: login.nullable() }),
    examples: [
      {
        title: 'A ticket for whoever has to know',
        input: { tracker: 'https://tickets.example.org', summary: 'A database was made for Payments' },
        plan: 'create',
      },
    ],

    // Looks whether the tracker is there at all: one that is down is said before anybody sends the request.
    async plan({ tracker, summary, login = null }, context) {
      await find({ tracker, key: 'none', login }, context);
      return { kind: 'create', summary: `Ticket “${summary}”` };
    },

    // Written down before anything happens: with it, destroy finds what an attempt that died half way left behind.
    intend: async ({ tracker, login = null }, { idempotencyKey: key }) => ({ tracker, key, login }),

    async apply({ summary }, context) {
      const state = context.intended;
      const ticket = (await find(state, context)) ?? (await call(state, 'POST', '/tickets', context, { key: state.key, summary }));
      context.report(`Ticket ${ticket.id}`);
      return { state, output: { ticket: String(ticket.id), url: `${state.tracker}/tickets/${ticket.id}` } };
    },

    async read(state, context) {
      const ticket = await find(state, context);
      const isOpen = ticket !== null && ticket.state === 'open';
      return { exists: isOpen, detail: isOpen ? `ticket ${ticket.id} is open` : 'it is not open' };
    },

    async destroy(state, context) {
      const ticket = await find(state, context);
      if (ticket?.state === 'open') await call(state, 'PATCH', `/tickets/${ticket.id}`, context, { state: 'closed' });
    },
  });
};
