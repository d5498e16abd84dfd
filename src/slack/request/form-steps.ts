import { Injectable } from '@nestjs/common';
import { Catalog, type Form, type FormPage, type TypedForm, typedAfter } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { type Draft, type DraftForm, Drafts } from '../../requests/index.js';
import { AppError } from '../../shared/index.js';
import type { FormValues } from './form-values.js';
import { type FormComplaint, pageFor, placeIn, placeOf, RequestForms, typedOf } from './request-forms.js';

/** What came from the page that was open. */
export interface SentPage {
  readonly draftId: string;
  /** Of the page when it was shown. */
  readonly step: number;
  /** Slack's time of the click or letter; null for the button at the bottom, after which nothing comes from that page. */
  readonly ts: string | null;
  readonly values: FormValues;
}

export type Move = 'stay' | 'back' | 'add' | 'remove';

export interface Taken {
  readonly draft: Draft;
  readonly form: Form;
  /** It came from a page that is no longer open: nothing was changed. */
  readonly isLate: boolean;
  /** As it was before. */
  readonly earlier: Draft;
}

/** Two replicas, two windows, quick fingers: tried again with what is there then. */
const ATTEMPTS = 8;

class FormBusy extends AppError {
  readonly code = 'slack.form_busy';
}

/** Keeps what was typed, page by page, whatever comes twice, late or at the same time. */
@Injectable()
export class FormSteps {
  constructor(
    private readonly catalog: Catalog,
    private readonly drafts: Drafts,
    private readonly forms: RequestForms,
  ) {}

  /** Takes what a page holds, and goes where a button on it leads. @throws DraftGone, UnknownItem */
  take(person: Person, sent: SentPage, move: Move): Promise<Taken> {
    return this.change(person, sent, (draft, form, typed) => {
      const { pages, page } = placeIn(form, draft);
      if (move === 'back') return { typed, page: pages[Math.max(0, pages.indexOf(page) - 1)] ?? page };
      return moved(
        move,
        typed,
        form.pages.find(({ id }) => id === page),
      );
    });
  }

  /** Goes on to another page, by its id; if somebody else went on meanwhile, to where that led. @throws DraftGone, UnknownItem */
  async goTo(person: Person, draft: Draft, page: string): Promise<Draft> {
    const place = placeOf(draft);
    const form = this.forms.formOf(person, draft);
    const next = { ...place, page, step: place.step + 1 };
    const updated = await this.drafts.update(draft, { ...draft, parameters: form.parameters, form: next });
    return updated ?? this.drafts.get(draft.id, person.id);
  }

  /** Goes to the first page on which one of these fields can be mended. @throws DraftGone, UnknownItem */
  leadTo(person: Person, draft: Draft, complaints: readonly FormComplaint[]): Promise<Draft> {
    const form = this.forms.formOf(person, draft);
    const { pages, page: open } = placeIn(form, draft);
    const wanted = new Set(complaints.map(({ field }) => pageFor(form, field, open)));
    return this.goTo(person, draft, pages.find((page) => wanted.has(page)) ?? open);
  }

  /** Whether nobody changed the draft since. @throws DraftGone */
  async isNewest(person: Person, draft: Draft): Promise<boolean> {
    return (await this.drafts.get(draft.id, person.id)).version === draft.version;
  }

  private async change(
    person: Person,
    sent: SentPage,
    move: (draft: Draft, form: Form, typed: TypedForm) => Moved,
  ): Promise<Taken> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const draft = await this.drafts.get(sent.draftId, person.id);
      const form = this.forms.formOf(person, draft);
      const { step, seenTs, titles } = placeOf(draft);
      if (sent.step !== step || (sent.ts !== null && sent.ts <= seenTs))
        return { draft, form, earlier: draft, isLate: true };
      const after = this.withAnswers(draft, sent.values);
      const { typed, page } = move(draft, form, typedAfter(typedOf(draft), form, sent.values.parameters));
      const place: DraftForm = {
        values: { ...typed.values },
        page: page ?? placeIn(form, draft).page,
        step: page === undefined ? step : step + 1,
        seenTs: sent.ts ?? seenTs,
        titles: { ...titles, ...sent.values.titles },
      };
      const next = this.forms.formOf(person, { ...after, form: place });
      const updated = await this.drafts.update(draft, { ...after, parameters: next.parameters, form: place });
      if (updated !== null) return { draft: updated, form: next, earlier: draft, isLate: false };
    }
    throw new FormBusy('This form is open in several places at once. What you typed was kept; please try again.');
  }

  /** A lease that is none is not kept: it is asked for again. */
  private withAnswers(draft: Draft, { teamId, environment, reason, leaseHours }: FormValues): Draft {
    const { maxHours } = this.catalog.item(draft.itemName).lease;
    const isLease = leaseHours !== undefined && leaseHours >= 1 && leaseHours <= maxHours;
    return {
      ...draft,
      ...(teamId !== undefined && { teamId }),
      ...(environment !== undefined && { environment }),
      ...(reason !== undefined && { reason }),
      ...(isLease && { leaseHours }),
    };
  }
}

interface Moved {
  readonly typed: TypedForm;
  /** Undefined to stay. */
  readonly page?: string;
}

function moved(move: Move, typed: TypedForm, page: FormPage | undefined): Moved {
  const { entry } = page ?? {};
  if (move === 'add' && entry !== undefined) {
    const count = Math.min(entry.count + 1, entry.most);
    return { typed: typed.wanting(entry.list, true).counting(entry.list, count), page: `${entry.list}/${count - 1}:0` };
  }
  if (move === 'remove' && entry !== undefined) {
    const left = typed.withoutEntry(entry.list, entry.index, entry.count).wanting(entry.list, entry.count > 1);
    return { typed: left, page: `${entry.list}/${Math.max(0, entry.index - 1)}:0` };
  }
  return { typed };
}
