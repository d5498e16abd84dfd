export { CHANGES_CHANNEL, Changes, type SubjectRef } from './changes.js';
export { type Notice, Notices, type NoticeTemplate, type Recipient } from './notices.js';
