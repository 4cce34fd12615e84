import type { Obligations } from '../domain/request/decision';
import type { Verdict } from '../domain/decision/hypothetical';
import type { Expectation } from './read-cases';

/** What came out otherwise than expected: one sentence each, with what was said instead. */
export function differences(expected: Expectation, verdict: Verdict): string[] {
  const effect = verdict.valid ? verdict.decision.effect : 'invalid';
  const found: string[] = [];
  if (effect !== expected.effect) {
    found.push(`effect: expected ${expected.effect}, got ${effect} (${because(verdict)})`);
  }
  const errors = verdict.valid ? [] : verdict.errors.map(({ pointer }) => pointer);
  const reasons = verdict.valid ? verdict.decision.reasons.map(({ ruleId }) => ruleId) : [];
  const shadow = verdict.valid ? verdict.decision.shadow.map(({ ruleId }) => ruleId) : [];
  found.push(
    ...setDifference('reasons', expected.reasons, reasons),
    ...setDifference('shadow', expected.shadow, shadow),
    ...setDifference('errors', expected.errors, errors),
    ...obligationDifferences(
      expected.obligations,
      verdict.valid ? verdict.decision.obligations : undefined,
    ),
  );
  return found;
}

function because(verdict: Verdict): string {
  const messages = verdict.valid ? verdict.decision.reasons : verdict.errors;
  return messages.map(({ message }) => message).join(' ');
}

function setDifference(what: string, expected: string[] | undefined, actual: string[]): string[] {
  if (!expected) return [];
  const missing = expected.filter((one) => !actual.includes(one));
  const surplus = [...new Set(actual)].filter((one) => !expected.includes(one));
  return [
    ...(missing.length > 0 ? [`${what}: expected ${missing.join(', ')} too`] : []),
    ...(surplus.length > 0 ? [`${what}: got ${surplus.join(', ')}, which is not expected`] : []),
  ];
}

/** Members of obligations, as a case file calls them. */
const NAMES: { member: keyof Obligations; name: string }[] = [
  { member: 'stages', name: 'stages' },
  { member: 'expiresInSeconds', name: 'expiresIn' },
  { member: 'comment', name: 'comment' },
  { member: 'evidence', name: 'evidence' },
];

function obligationDifferences(
  expected: Partial<Obligations> | undefined,
  actual: Obligations | undefined,
): string[] {
  if (!expected) return [];
  if (!actual) return ['obligations: expected some, got none'];
  return NAMES.filter(({ member }) => expected[member] !== undefined).flatMap(
    ({ member, name }) => {
      const [wanted, got] = [shown(expected, member), shown(actual, member)];
      return wanted === got ? [] : [`obligations.${name}: expected ${wanted}, got ${got}`];
    },
  );
}

/** The order of stages is part of what is asked for, the order of evidence fields is not. */
function shown(obligations: Partial<Obligations>, name: keyof Obligations): string {
  switch (name) {
    case 'stages':
      return (
        (obligations.stages ?? []).map(({ role, count }) => `${count} ${role}`).join(', then ') ||
        'nobody'
      );
    case 'evidence':
      return [...(obligations.evidence ?? [])].sort().join(', ') || 'nothing';
    case 'expiresInSeconds':
      return durationText(obligations.expiresInSeconds ?? 0);
    case 'comment':
      return String(obligations.comment);
  }
}

/** Seconds as a case file writes them, for example 72h. */
function durationText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
