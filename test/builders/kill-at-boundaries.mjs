// Loaded before a built bot (NODE_OPTIONS=--import=…): stops every run once in every step, in turn as the step has begun, as its effect is there but not
// yet written down, and as it is written down. KILL_EVERY=1: at all three of each. What is stopped stays so: the process is told to die by whoever started
// it, as soon as the other runs have come to a stop too. KILL_BOOK is a file of the points at which it died already.
import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { RunJournal } from '../../dist/src/orchestrator/execution/run-journal.js';
import { VerbRunner } from '../../dist/src/orchestrator/execution/verb-runner.js';

const { KILL_BOOK: book, KILL_EVERY: every } = process.env;
const [BEGUN, UNRECORDED, RECORDED] = [0, 1, 2];
const died = new Set(existsSync(book) ? readFileSync(book, 'utf8').split('\n') : []);

async function boundary(run, step, moment, what) {
  if (every !== '1' && step.position % 3 !== moment) return;
  const point = `${run.kind} ${run.subject.id} ${step.position}:${step.name} ${what}`;
  if (died.has(point)) return;
  process.send(point);
  await new Promise(() => undefined);
}

const { moveStep } = RunJournal.prototype;
RunJournal.prototype.moveStep = async function (run, step, move) {
  const moved = await moveStep.call(this, run, step, move);
  if (moved) await boundary(run, step, /ing$/.test(move.to) ? BEGUN : RECORDED, `is ${move.to}`);
  return moved;
};

const { run: runVerb } = VerbRunner.prototype;
VerbRunner.prototype.run = async function (effect, work) {
  const result = await runVerb.call(this, effect, work);
  await boundary(effect.run, effect.step, UNRECORDED, `${effect.verb} took effect`);
  return result;
};
