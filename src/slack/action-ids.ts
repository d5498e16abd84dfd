/** What buttons and forms are called. Each is listened to in exactly one place. */
export const ACTIONS = {
  requestItem: 'request_item',
  cancelRequest: 'request_cancel',
  showHow: 'secret_show_how',
  extend: 'resource_extend',
  destroy: 'resource_destroy',
  approve: 'approval_approve',
  deny: 'approval_deny',
  approveWithNote: 'approval_approve_with_note',
  takeVoteBack: 'approval_take_back',
  isMe: 'delivery_is_me',
  isNotMe: 'delivery_is_not_me',
  confirm: 'confirmation_confirm',
  refuse: 'confirmation_refuse',
  showResources: 'show_resources',
  showCatalog: 'show_catalog',
  showStatus: 'show_status',
  backToForm: 'request_back',
  /** Between the pages of a form. */
  previousPage: 'form_previous_page',
  addEntry: 'form_add_entry',
  removeEntry: 'form_remove_entry',
  /** Every input of a form: only those that others depend on are heard of at once. */
  formInput: 'value',
  pickItem: 'request_pick_item',
  joinQueue: 'queue_join',
  leaveQueue: 'queue_leave',
  releaseHolder: 'quota_release',
  askException: 'exception_ask',
  breakGlass: 'exception_break_glass',
  revokeException: 'exception_revoke',
  /** A link: nothing to do but acknowledge. */
  openLink: 'open_link',
} as const;

export const CALLBACKS = {
  pickItem: 'request_pick',
  requestForm: 'request_form',
  requestPlan: 'request_plan',
  denyReason: 'approval_deny_reason',
  askException: 'exception_ask_form',
  breakGlass: 'exception_break_glass_form',
  approveNote: 'approval_approve_note',
  confirmDestroy: 'resource_destroy_confirm',
  requestShortcut: 'request_something',
  messageShortcut: 'about_this_message',
} as const;
