import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from '../shared/index.js';
import { OnCall } from './on-call.js';
import { People } from './people.js';

export interface IdentityOptions {
  /** Folder with `on-call.yaml`. */
  readonly catalogDir: string;
}

/** Needs `Clock` and the ports `SlackDirectory` and `Rosters` from global modules. */
@Module({})
export class IdentityModule {
  static forRoot(options: IdentityOptions): DynamicModule {
    return {
      module: IdentityModule,
      global: true,
      providers: [
        People,
        {
          provide: OnCall,
          inject: [People, Clock],
          useFactory: async (people: People, clock: Clock) => {
            const onCall = new OnCall(options.catalogDir, people, clock);
            await onCall.reload();
            return onCall;
          },
        },
      ],
      exports: [People, OnCall],
    };
  }
}
