import { Global, Module } from '@nestjs/common';
import { IncidentRoom } from '../../incidents/index.js';
import { CardPlaces } from '../cards/card-places.js';
import { SlackIncidentRoom } from './slack-incident-room.js';

/** Binds the port of incidents; global, because the part that declares it is below. */
@Global()
@Module({ providers: [CardPlaces, { provide: IncidentRoom, useClass: SlackIncidentRoom }], exports: [IncidentRoom] })
export class IncidentRoomModule {}
