import { NodeConnectionTypes } from 'n8n-workflow';

const EXECUTION = ['Not Executed', 'Needs Attention', 'Executed'];

/** What the three outputs mean; the permissive one is always the last. */
export const OUTPUT_NAMES: Record<string, string[]> = {
  execute: EXECUTION,
  getStatus: EXECUTION,
  reportOutcome: EXECUTION,
  beginExternal: ['Not Permitted', 'Needs Attention', 'Permitted'],
  compensate: ['Refused', 'Require Approval', 'Allow'],
};

/**
 * Names the outputs after the chosen operation. Their number never changes, so that a workflow
 * whose operation is changed keeps its connections.
 */
export const outputsExpression =
  `={{ (${JSON.stringify(OUTPUT_NAMES)}[$parameter["operation"]] ?? ${JSON.stringify(EXECUTION)}).map((displayName) => ({ type: "${NodeConnectionTypes.Main}", displayName })) }}` as const;
