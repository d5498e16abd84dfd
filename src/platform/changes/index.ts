export { CHANGES_CHANNEL, Changes, insertMarks, type Marks, type SubjectRef } from './changes.js';
export { type Notice, Notices, type NoticeTemplate, type Recipient } from './notices.js';
