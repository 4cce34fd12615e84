import type { NodeHint } from 'n8n-workflow';

/** Shown beside a node's output while a stop of the policy service holds one of its requests back. */
export const STOPPED_HINT: NodeHint = {
  message:
    '<b>Execution is stopped</b> at the policy service: <code>stopped</code> says why and what. Nothing more is begun until an operator lifts the stop; then the same request can be executed, unless its time is over.',
  location: 'outputPane',
  whenToDisplay: 'afterExecution',
  displayCondition: '={{ $json.stopped !== undefined }}',
  type: 'warning',
};
