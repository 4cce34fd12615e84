import type { Simulation } from '../../application/what-if/simulate';
import type { Obligations } from '../../domain/request/decision';
import type { ExplainedRule } from '../../domain/decision/explain';
import { tableText } from '../table';

const HEADING = {
  error: 'Cannot be evaluated, and therefore does not allow:',
  matched: 'Matches:',
  not_matched: 'Does not match:',
} as const;

/** A simulation for people: effect, reasons, what is asked of people, then every rule. */
export function simulationText(answer: Simulation): string {
  const { decision, errors } = answer;
  const lines = [`Effect: ${answer.effect}`, `Policy: ${answer.policyVersion}`, ''];
  for (const { pointer, message } of errors) lines.push(`  ${pointer}: ${message}`);
  for (const { ruleId, message } of decision?.reasons ?? []) lines.push(`  ${ruleId}: ${message}`);
  if (decision?.obligations) lines.push('', ...obligationLines(decision.obligations));
  if (decision && decision.limits.length > 0) {
    const rows = decision.limits.map(({ limitId, key, used, amount, max, exceeded }) => [
      limitId,
      key.join(', '),
      used,
      amount,
      max,
      exceeded ? 'EXCEEDED' : 'within',
    ]);
    lines.push('', tableText(['LIMIT', 'KEY', 'USED', 'THIS', 'MAX', ''], rows));
  }
  for (const result of ['error', 'matched', 'not_matched'] as const) {
    const rules = answer.rules.filter((rule) => rule.result === result);
    if (rules.length > 0) lines.push('', HEADING[result], ...rules.flatMap(ruleLines));
  }
  return `${lines.join('\n')}\n`;
}

function obligationLines({ stages, expiresInSeconds, comment, evidence }: Obligations): string[] {
  const people = stages.map(({ role, count }) => `${count} ${role}`).join(', then ');
  return [
    `Approval by ${people}, within ${expiresInSeconds / 3600} h`,
    ...(comment === 'required' ? ['A comment is required'] : []),
    ...(evidence.length > 0 ? [`Evidence: ${evidence.join(', ')}`] : []),
  ];
}

function ruleLines({ ruleId, effect, mode, why, values }: ExplainedRule): string[] {
  const seen = Object.entries(values).map(
    ([path, value]) => `${path} = ${value === null ? 'missing' : JSON.stringify(value)}`,
  );
  return [
    `  ${ruleId}  [${effect}${mode === 'log_only' ? ', on trial' : ''}]`,
    `      ${why}`,
    ...(seen.length > 0 ? [`      ${seen.join(', ')}`] : []),
  ];
}
