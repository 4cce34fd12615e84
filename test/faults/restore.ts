import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client';
import type { OurRequest } from './compare';
import type { Fleet } from './fleet';
import type { Journal } from './journal';
import type { Onlookers } from './onlookers';
import { erpDocuments, ourRequests } from './records';
import { found, LATE_WRITES_MS } from './settle';

/** What a restore is carried out with. */
export interface Site {
  fleet: Fleet;
  journal: Journal;
  onlookers: Onlookers;
  erpUrl: string;
}

/** A backup of the running service. */
export interface Backup {
  file: string;
  /** What was acknowledged by the time that it was begun. */
  mark: number;
}

/** Has a backup made while everything goes on. */
export async function backUp({ journal, onlookers }: Site): Promise<Backup> {
  const file = join(journal.dir, 'restored-from.sqlite');
  rmSync(file, { force: true });
  const mark = journal.mark();
  await onlookers.backUp(file);
  return { file, mark };
}

/** Puts it in the place of the database; no service and nobody else may have that open. */
export async function restore({ fleet, journal }: Site, { file, mark }: Backup): Promise<void> {
  // What was sent before the kill may still be written by the ERP.
  await sleep(LATE_WRITES_MS);
  fleet.command(['restore', file, '--replace']);
  journal.restored(mark);
}

/**
 * Goes on with everything that was open in the backup, as its clients and approvers do who do not
 * know that it was written meanwhile: none of it may be written again.
 */
export async function goOn(site: Site, client: Client): Promise<void> {
  const { journal, erpUrl } = site;
  const known = new Set((await ourRequests(client)).map(({ id }) => id));
  for (const { external_reference: id } of await erpDocuments(erpUrl)) {
    if (id !== null && !known.has(id)) journal.lose(id);
  }
  const open = await ourRequests(client, ['awaiting_approval', 'allowed', 'approved']);
  await Promise.all(open.map((request) => goOnWith(site, client, request)));
}

async function goOnWith(
  { journal, erpUrl }: Site,
  client: Client,
  request: OurRequest,
): Promise<void> {
  const { id, action, state } = request;
  if (state === 'awaiting_approval') {
    const { body } = await client.read(`/v1/requests/${id}`);
    const approval = `/v1/approvals/${body.approval?.id}`;
    const { body: shown } = await client.asPerson(approval);
    await client.asPerson(`${approval}/votes`, { vote: 'approve', digest: shown.digest });
  }
  if (action === 'portal.order') return;
  const execute = (key: string) =>
    client.command({
      ...{ path: `/v1/requests/${id}/execute`, body: {}, key: `restored-${id}-${key}` },
      ...{ repeat: 'current' as const, givesUp: false },
    });
  const { body } = await execute('first');
  if (body.reasons?.[0]?.ruleId !== 'restored') return;
  const finding = found(request, await erpDocuments(erpUrl), journal.externals);
  const evidence = 'Read in the ERP.';
  await client.asPerson(`/v1/requests/${id}/resolution`, { evidence, ...finding });
  if (!finding.happened) await execute('confirmed');
}
