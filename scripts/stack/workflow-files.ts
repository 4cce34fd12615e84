import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO_ROOT } from './paths';
import type { WorkflowFile } from './n8n-client';

/** Exported workflows in the order of their import: a called workflow comes before its caller. */
export const WORKFLOW_NAMES = [
  'approval-outcome',
  'execution-pipeline',
  'rollback',
  'attention-queue',
  'external-executor',
] as const;
export type WorkflowName = (typeof WORKFLOW_NAMES)[number];

/** Name and type of the credential that the exported workflows refer to. */
export const CREDENTIAL = { name: 'Execution Layer', type: 'executionLayerApi' };

/** A workflow of the folder workflows/, as it is shipped. */
export function readWorkflow(name: WorkflowName): WorkflowFile {
  const file = join(REPO_ROOT, 'workflows', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as WorkflowFile;
}

/** The workflow with its credential references pointing at an imported credential. */
export function withCredential(workflow: WorkflowFile, credentialId: string): WorkflowFile {
  const nodes = workflow.nodes.map((node) =>
    node.credentials?.[CREDENTIAL.type]
      ? { ...node, credentials: { [CREDENTIAL.type]: { id: credentialId, name: CREDENTIAL.name } } }
      : node,
  );
  return { ...workflow, nodes };
}
