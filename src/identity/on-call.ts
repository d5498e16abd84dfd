import { Injectable } from '@nestjs/common';
import { NobodyOnCall } from './identity.errors.js';
import type { Person } from './person.js';

@Injectable()
export class OnCall {
  /** @throws NobodyOnCall */
  current(): Promise<Person> {
    return Promise.reject(new NobodyOnCall());
  }
}
