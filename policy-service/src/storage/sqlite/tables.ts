import type { Database, Statement } from 'better-sqlite3';
import { ApprovalTable } from './approvals';
import { AuditLogTable } from './audit-log';
import { BundleTable } from './bundles';
import { ConnectorHealthTable } from './connector-health';
import { ControlTable } from './controls';
import { IdempotencyTable } from './idempotency';
import { LogCheckTable } from './log-check';
import { OutboxTable } from './outbox';
import { PeopleTable } from './people';
import { RequestTable } from './requests';
import { ReservationTable } from './reservations';
import { RevisionTable } from './revision';
import { ServiceTimeTable } from './service-time';
import { SessionTable } from './sessions';
import { TokenTable } from './tokens';

/** Every table of one connection, with its statements prepared. */
export interface Tables {
  requests: RequestTable;
  approvals: ApprovalTable;
  log: AuditLogTable;
  logCheck: LogCheckTable;
  idempotency: IdempotencyTable;
  reservations: ReservationTable;
  outbox: OutboxTable;
  tokens: TokenTable;
  people: PeopleTable;
  sessions: SessionTable;
  /** Tells the key that secret texts are sealed with. */
  sealCheck: Statement<[], string>;
  bundles: BundleTable;
  controls: ControlTable;
  revision: RevisionTable;
  serviceTime: ServiceTimeTable;
  connectorHealth: ConnectorHealthTable;
}

export function tablesOf(db: Database): Tables {
  const logCheck = new LogCheckTable(db);
  return {
    requests: new RequestTable(db),
    approvals: new ApprovalTable(db),
    log: new AuditLogTable(db, logCheck),
    logCheck,
    idempotency: new IdempotencyTable(db),
    reservations: new ReservationTable(db),
    outbox: new OutboxTable(db),
    tokens: new TokenTable(db),
    people: new PeopleTable(db),
    sessions: new SessionTable(db),
    sealCheck: db.prepare<[], string>('SELECT key_check FROM sealing').pluck(),
    bundles: new BundleTable(db),
    controls: new ControlTable(db),
    revision: new RevisionTable(db),
    serviceTime: new ServiceTimeTable(db),
    connectorHealth: new ConnectorHealthTable(db),
  };
}
