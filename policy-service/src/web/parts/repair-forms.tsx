import type { GovernedRequest } from '../../domain/request/request';
import { targetsOf } from '../../domain/request/states';
import type { Viewer } from '../deps';

/** Longest evidence and number: as the API takes them. */
export const EVIDENCE_LENGTH = 1000;
export const REFERENCE_LENGTH = 120;

/** What a person may say about a request, by its state. */
export type Repair = 'outcome' | 'acknowledge';

/** A failed undoing and an incomplete request are looked after; an unknown outcome is found out. */
export function repairOf(request: GovernedRequest): Repair {
  const { state } = request;
  const open = state === 'outcome_unknown' || state === 'compensating' || isRestored(request);
  return open ? 'outcome' : 'acknowledge';
}

/** It came out of a backup, was not begun since, and nobody has said yet what became of it. */
export function isRestored(request: GovernedRequest): boolean {
  return (
    request.restored !== undefined &&
    request.restored.confirmed === undefined &&
    targetsOf(request.state, 'cancel').length > 0
  );
}

interface FormProps {
  viewer: Viewer;
  request: GovernedRequest;
}

function Hidden({ viewer, happened }: { viewer: Viewer; happened: 'yes' | 'no' }) {
  return (
    <>
      <input type="hidden" name="csrf" value={viewer.csrfToken} />
      <input type="hidden" name="happened" value={happened} />
    </>
  );
}

function Evidence({ hint }: { hint: string }) {
  return (
    <label>
      Evidence
      <span class="small muted">{hint}</span>
      <textarea name="evidence" rows={2} required maxLength={EVIDENCE_LENGTH} />
    </label>
  );
}

const address = (request: GovernedRequest, what: string): string =>
  `/attention/${encodeURIComponent(request.id)}/${what}`;

/** Has the service look into it now, where that is safe. */
export function ReconcileForm({ viewer, request }: FormProps) {
  return (
    <form method="post" action={address(request, 'reconcile')} class="form">
      <input type="hidden" name="csrf" value={viewer.csrfToken} />
      <button type="submit">Reconcile now</button>
    </form>
  );
}

/** What a person found out in the ERP. The answer is theirs, under their name. */
export function FindingForms({ viewer, request }: FormProps) {
  const undoing = request.execution?.undo !== undefined || request.kind === 'compensation';
  const action = address(request, 'resolution');
  return (
    <>
      <details class="repair">
        <summary>{undoing ? 'It was undone' : 'It happened'}</summary>
        <form method="post" action={action} class="form">
          <Hidden viewer={viewer} happened="yes" />
          <Evidence hint="Where the ERP shows it, and who looked." />
          <label>
            Number in the ERP <span class="muted">(if it has one)</span>
            <input type="text" name="erpReference" maxLength={REFERENCE_LENGTH} />
          </label>
          <button class="primary" type="submit">
            {undoing ? 'Record that it was undone' : 'Record that it happened'}
          </button>
        </form>
      </details>
      <details class="repair">
        <summary>{undoing ? 'It was not undone' : 'It did not happen'}</summary>
        <form method="post" action={action} class="form">
          <Hidden viewer={viewer} happened="no" />
          <Evidence hint="Where you looked, and that it is not there. A late write would still come: be sure." />
          <button class="danger" type="submit">
            {undoing ? 'Record that it was not undone' : 'Record that it did not happen'}
          </button>
        </form>
      </details>
    </>
  );
}

/** A person has looked after what the service cannot go on with; the state stays as it is. */
export function AcknowledgeForm({ viewer, request }: FormProps) {
  return (
    <details class="repair">
      <summary>I have looked after it</summary>
      <form method="post" action={address(request, 'resolution')} class="form">
        <Hidden viewer={viewer} happened="yes" />
        <Evidence hint="What you did about it, and where it can be seen." />
        <button class="primary" type="submit">
          Take it off the list
        </button>
      </form>
    </details>
  );
}
