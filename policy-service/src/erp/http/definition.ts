import type { ConnectorLimits } from '../../application/ports';
import type { Json } from '../../domain/request/request';
import type { Setting } from '../setting';
import type { BodyTemplate, PathTemplate, TextTemplate } from './template';

export type AuthDefinition =
  | { type: 'none' }
  | { type: 'bearer'; token: Setting }
  | { type: 'header'; header: string; value: Setting }
  | { type: 'basic'; username: Setting; password: Setting }
  | OAuth2Definition;

/** OAuth 2.0 client credentials (RFC 6749, 4.4). */
export interface OAuth2Definition {
  type: 'oauth2';
  tokenUrl: Setting;
  clientId: Setting;
  clientSecret: Setting;
  /** How the client shows its secret: in an Authorization header or in the body. */
  clientAuthentication: 'basic' | 'body';
  scope?: string;
  /** Further members of the token request, for example `audience` or `resource`. */
  parameters: Record<string, string>;
}

/** Files and names for HTTPS; the peer's certificate is always verified. */
export interface TlsDefinition {
  /** PEM file of the authorities that are trusted instead of the usual ones. */
  caFile?: Setting;
  /** PEM files of the client's certificate and its key. */
  certFile?: Setting;
  keyFile?: Setting;
  passphrase?: Setting;
  /** Name that the certificate must carry when it is not the host's. */
  serverName?: Setting;
}

export interface RetryDefinition {
  /** Calls at most, the first one included. */
  attempts: number;
  initialDelayMs: number;
  maxDelayMs: number;
  /** No attempt starts, and none goes on, after this many milliseconds. */
  totalMs: number;
}

/** True when the value at the pointer is one of the given ones. */
export interface Condition {
  /** JSON pointer into the answer. */
  at: string;
  is: Json[];
}

/** Parts of a call that are filled in from the request. */
export interface CallTemplate {
  path: PathTemplate;
  query: Record<string, TextTemplate>;
  headers: Record<string, TextTemplate>;
  body?: BodyTemplate;
}

/** A field of a record that names it. */
export interface LookupMatch {
  /** JSON pointer into the record. */
  at: string;
  /** The ERP writes the same id in small or in capital letters. */
  ignoreCase: boolean;
  /** Not declared, and the parameter is in the path: an answer without the field is no contradiction. */
  implied?: boolean;
}

/** How a record is read. */
export interface LookupDefinition extends Omit<CallTemplate, 'body'> {
  /** Statuses that mean "there is no such record". Everything else that is no success is unavailability. */
  notFound: number[];
  timeoutMs: number;
  /** JSON pointer to a list of records; without, the answer is one record. */
  list?: string;
  /** Parameter -> the field of the record that must equal it. */
  match: Record<string, LookupMatch>;
  /** Field of the record -> JSON pointer into the record. */
  fields: Record<string, string>;
}

/** How what an operation wrote is found again by the request's id. */
export interface FindDefinition extends CallTemplate {
  method: 'GET' | 'POST';
  /** JSON pointer to the list of documents; without, the answer is one document. */
  list?: string;
  /** Statuses that mean "there is none". */
  notFound: number[];
  /** JSON pointer into a document: the field that must equal the request's id. */
  match: string;
  /** Short of this the document is there, but not whole. */
  doneWhen?: Condition;
  /** Pointers into a document. */
  reference?: string;
  result: Record<string, string>;
  /** The ERP itself refuses a second document with the same reference. */
  unique: boolean;
  timeoutMs: number;
}

/** How a document is read by its number before it is undone. */
export interface VerifyDefinition extends Omit<CallTemplate, 'body'> {
  /** Statuses that mean "there is none". */
  notFound: number[];
  /** JSON pointer into the document -> what must be there, as it was written. */
  same: Record<string, TextTemplate>;
  timeoutMs: number;
}

export interface OperationDefinition extends CallTemplate {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Header in which the ERP honours an idempotency key. Without one a write is sent at most once. */
  idempotencyKeyHeader?: string;
  /** How long the ERP remembers a key; absent means for ever. */
  keyWindowMs?: number;
  timeoutMs: number;
  success: number[];
  /** Must hold in a success too; a success without it proves nothing. */
  successWhen?: Condition;
  refusal: {
    statuses: number[];
    /** A success status whose answer says no. */
    when?: Condition;
    /** JSON pointer to the ERP's sentence. */
    message?: string;
  };
  /** JSON pointer to the number under which the ERP booked it; a success must carry it. */
  reference?: string;
  /** Member of the result -> JSON pointer into the answer. */
  result: Record<string, string>;
  find?: FindDefinition;
  verify?: VerifyDefinition;
  /** Operation of the same connector that undoes it. */
  reverse?: string;
}

/** How one ERP is called over HTTP: a checked connector file. */
export interface HttpConnectorDefinition {
  id: string;
  title: string;
  type: 'http';
  baseUrl: Setting;
  /** Hosts (`name` or `name:port`) that the addresses may name; absent means that the file does not say. */
  allowedHosts?: string[];
  auth: AuthDefinition;
  tls: TlsDefinition;
  /** Sent with every call. */
  headers: Record<string, Setting>;
  ping: { path: PathTemplate };
  retry: RetryDefinition;
  limits: ConnectorLimits;
  /** Further names of personal or secret members; redacted in what is recorded of a call. */
  redact: string[];
  lookups: Record<string, LookupDefinition>;
  operations: Record<string, OperationDefinition>;
}
