import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO_ROOT } from './paths';

/** One of the sample requests of examples/payloads, with what must become of it. */
export interface Sample {
  /** Name of the payload file. */
  payload: string;
  title: string;
  /** The webhook's first answer. */
  answer: { status: number; state: string };
  /** State at the end, once what waited was approved. */
  finalState: string;
  /** Rule id or JSON pointer that the first answer must name. */
  because?: string;
  /** The one record that the ERP must hold for it; absent when it must hold none. */
  erp?: { kind: string; fields: Record<string, unknown> };
  body: Record<string, unknown>;
}

const FOLDER = join(REPO_ROOT, 'examples', 'payloads');

/** All samples in the order in which the demo sends them. */
export function readSamples(): Sample[] {
  const samples = readJson('expected.json') as Omit<Sample, 'body'>[];
  return samples.map((sample) => ({
    ...sample,
    body: readJson(sample.payload) as Record<string, unknown>,
  }));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
}
