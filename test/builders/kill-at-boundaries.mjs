// Loaded before a built bot (NODE_OPTIONS=--import=…): kills the process, without a goodbye, once at every boundary of every step: where a move of the step
// has become lasting, and where its effect is there but not yet written down. KILL_BOOK is a file of the points there have been.
import 'reflect-metadata';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { RunJournal } from '../../dist/src/orchestrator/execution/run-journal.js';
import { VerbRunner } from '../../dist/src/orchestrator/execution/verb-runner.js';

const book = process.env.KILL_BOOK;

function boundary(run, step, what) {
  const point = `${run.kind} ${run.subject.id} ${step.position}:${step.name} ${what}`;
  if (existsSync(book) && readFileSync(book, 'utf8').split('\n').includes(point)) return;
  appendFileSync(book, `${point}\n`);
  process.kill(process.pid, 'SIGKILL');
}

const { moveStep } = RunJournal.prototype;
RunJournal.prototype.moveStep = async function (run, step, move) {
  const moved = await moveStep.call(this, run, step, move);
  if (moved) boundary(run, step, `is ${move.to}`);
  return moved;
};

const { run: runVerb } = VerbRunner.prototype;
VerbRunner.prototype.run = async function (effect, work) {
  const result = await runVerb.call(this, effect, work);
  boundary(effect.run, effect.step, `${effect.verb} took effect`);
  return result;
};
