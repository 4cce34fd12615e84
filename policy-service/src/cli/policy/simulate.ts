import { Command } from 'commander';
import type { Caller } from '../../application/change/caller';
import { QUESTION_SCHEMA, type Question } from '../../application/what-if/question';
import { askInPlace } from '../../application/what-if/ask-in-place';
import { simulate } from '../../application/what-if/simulate';
import { AppError } from '../../domain/errors';
import type { JsonObject } from '../../domain/request/request';
import { compileSchema } from '../../validation/json-schema';
import { commaList } from '../offline';
import { jsonFile, jsonOption } from './json-option';
import { sourcesOf, withPolicy } from './policy-source';
import { runReplay, type ReplayCommandOptions } from './replay';
import { simulationText } from './simulation-text';

interface SimulateOptions extends ReplayCommandOptions {
  request?: string;
  action?: string;
  arguments?: string;
  requestedBy?: string;
  roles?: string;
  source?: string;
  confidence?: string;
  at?: string;
  facts?: string;
  used?: string;
  replay?: boolean;
}

const checkQuestion = compileSchema(QUESTION_SCHEMA);
const CALLER: Caller = { kind: 'service', id: 'command line', traceId: '0'.repeat(32) };

export function policySimulateCommand(): Command {
  return new Command('simulate')
    .description(
      'Ask what a policy would say to one request, or (--replay) to the stored decisions of a period; nothing is changed',
    )
    .option('--bundle <folder|version>', 'the policy that is asked (default: the active one)')
    .option(
      '--request <file>',
      'the request as JSON, as POST /v1/policies/simulate takes it (- for standard input)',
    )
    .option('--action <id>', 'action of the request')
    .option('--arguments <json>', 'its arguments')
    .option('--requested-by <name>', 'who asks (default: requester@example.com)')
    .option('--roles <roles>', 'comma list: ask as a verified person with these roles')
    .option('--source <text>', 'where it comes from (default: tool)')
    .option('--confidence <number>', '0 to 1 (default: 1)')
    .option(
      '--at <moment>',
      'moment of the decision, for example 2026-11-18T22:00:00Z (default: now)',
    )
    .option('--facts <json>', 'records by name, null where there is none; others are looked up now')
    .option('--used <json>', 'what others hold of a limit, by limit id; others as they stand now')
    .option('--replay', 'decide again on the stored decisions of a period')
    .option('--from <moment>', 'first moment of the period (with --replay)')
    .option('--to <moment>', 'end of the period, not included (with --replay; default: now)')
    .option('--json', 'as JSON')
    .action(async (options: SimulateOptions) => {
      if (options.replay) return runReplay(options);
      const question = questionOf(options);
      const answer = await withPolicy(options.bundle, (source) =>
        simulate(sourcesOf(source), CALLER, question, askInPlace(source.bundle)),
      );
      process.stdout.write(
        options.json ? `${JSON.stringify(answer, null, 2)}\n` : simulationText(answer),
      );
    });
}

/** @throws AppError `invalid_parameter` */
function questionOf(options: SimulateOptions): Question {
  const question: JsonObject = options.request
    ? jsonFile('--request', options.request)
    : { action: options.action ?? '', arguments: {} };
  if (!options.request && options.action === undefined) {
    throw new AppError(
      'invalid_parameter',
      'Name the request: --action and --arguments, or --request with a file; or --replay for a period.',
    );
  }
  const { requestedBy, roles, source, confidence, at } = options;
  if (options.action !== undefined) question['action'] = options.action;
  if (options.arguments) question['arguments'] = jsonOption('--arguments', options.arguments);
  if (options.facts) question['facts'] = jsonOption('--facts', options.facts);
  if (options.used) question['used'] = jsonOption('--used', options.used);
  if (roles !== undefined) question['roles'] = commaList(roles);
  if (source !== undefined) question['source'] = source;
  if (confidence !== undefined) question['confidence'] = Number(confidence);
  if (at !== undefined) question['at'] = at;
  question['requestedBy'] = requestedBy ?? question['requestedBy'] ?? 'requester@example.com';
  const [wrong] = checkQuestion(question);
  if (wrong) throw new AppError('invalid_parameter', `The request is wrong: ${wrong.message}`);
  return question as unknown as Question;
}
