import * as oauth from 'oauth4webapi';
import { livedBy, type Clock } from '../../application/ports';
import { cutText, wellFormed } from '../../domain/request/storable';
import { isLoopback } from '../address';
import type { Secrets } from '../secrets';
import { resolveSetting, type Environment } from '../setting';
import { CredentialUnavailable, type Authenticator, type CredentialOptions } from './auth';
import type { OAuth2Definition } from './definition';
import type { HttpTransport } from './transport';

interface Token {
  value: string;
  /** Milliseconds since 1970; not used from then on. */
  until: number;
}

/** A token is renewed this long before it ends, so that it does not end on its way. */
const EARLY_MS = 30_000;
/** For a server that does not say how long its tokens live. */
const DEFAULT_LIFE_SECONDS = 300;

/** OAuth 2.0 client credentials: one token for all calls, fetched when one is needed. */
export class ClientCredentials implements Authenticator {
  readonly headerNames = ['authorization'];
  private token: Token | undefined;
  private pending: Promise<Token> | undefined;
  private readonly client: oauth.Client;
  private readonly authenticate: oauth.ClientAuth;

  /**
   * @param transport calls the token endpoint's host
   * @throws Error naming the variable that must be set
   */
  constructor(
    private readonly definition: OAuth2Definition,
    private readonly endpoint: URL,
    private readonly transport: HttpTransport,
    private readonly clock: Clock,
    env: Environment,
    private readonly secrets: Secrets,
  ) {
    const secret = resolveSetting(definition.clientSecret, env, 'the OAuth2 client secret');
    secrets.add(secret);
    this.client = { client_id: resolveSetting(definition.clientId, env, 'the OAuth2 client id') };
    this.authenticate =
      definition.clientAuthentication === 'basic'
        ? oauth.ClientSecretBasic(secret)
        : oauth.ClientSecretPost(secret);
  }

  async headers(options: CredentialOptions): Promise<Record<string, string>> {
    const now = livedBy(this.clock).getTime();
    if (!this.token || now >= this.token.until) this.token = await this.fetchOnce(options);
    return { authorization: `Bearer ${this.token.value}` };
  }

  renew(rejected: Record<string, string>): boolean {
    if (rejected['authorization'] === undefined) return false;
    if (rejected['authorization'] === `Bearer ${this.token?.value}`) this.token = undefined;
    return true;
  }

  /** Calls that wait for a token at the same time share one request for it. */
  private fetchOnce(options: CredentialOptions): Promise<Token> {
    this.pending ??= this.fetch(options).finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async fetch(options: CredentialOptions): Promise<Token> {
    const server: oauth.AuthorizationServer = {
      issuer: this.endpoint.origin,
      token_endpoint: this.endpoint.href,
    };
    const parameters = new URLSearchParams(this.definition.parameters);
    if (this.definition.scope !== undefined) parameters.set('scope', this.definition.scope);
    try {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        this.client,
        this.authenticate,
        parameters,
        {
          [oauth.customFetch]: (_url, request) => this.send(request, options.timeoutMs),
          // The address was checked at start: https, or the loopback interface.
          [oauth.allowInsecureRequests]: isLoopback(this.endpoint),
        },
      );
      const answer = await oauth.processClientCredentialsResponse(server, this.client, response);
      this.secrets.renew(this.endpoint.href, answer.access_token);
      const seconds = answer.expires_in ?? DEFAULT_LIFE_SECONDS;
      const life = Math.max(seconds * 1000 - EARLY_MS, (seconds * 1000) / 2);
      return { value: answer.access_token, until: livedBy(this.clock).getTime() + life };
    } catch (error) {
      throw new CredentialUnavailable(this.secrets.hide(sentence(error)), isRejection(error));
    }
  }

  /** A signal of one call must not end a request that other calls wait for: only the time does. */
  private async send(request: oauth.CustomFetchOptions<string, unknown>, timeoutMs: number) {
    const exchange = await this.transport.exchange(
      {
        method: request.method,
        target: this.endpoint.pathname + this.endpoint.search,
        headers: request.headers,
        body: String(request.body),
      },
      { timeoutMs, reuseConnection: true },
    );
    if (exchange.kind !== 'answer') throw new TokenEndpointSilent(exchange.reason);
    const headers = new Headers();
    for (const name of ['content-type', 'www-authenticate']) {
      const value = exchange.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    const { status, body } = exchange;
    return new Response(new Uint8Array(body), { status, headers });
  }
}

class TokenEndpointSilent extends Error {}

/** The endpoint answered no, and not because it is in trouble itself. */
function isRejection(error: unknown): boolean {
  return (
    (error instanceof oauth.ResponseBodyError ||
      error instanceof oauth.WWWAuthenticateChallengeError) &&
    error.status < 500 &&
    error.status !== 429
  );
}

/** Says what went wrong without a word of what was sent or received, except the error's code. */
function sentence(error: unknown): string {
  const start = 'No access token could be had';
  if (error instanceof TokenEndpointSilent) return `${start}: ${error.message}`;
  if (error instanceof oauth.ResponseBodyError) {
    return `${start}: the token endpoint answered ${error.status}, ${cutText(wellFormed(error.error), 60)}. Check the client id, its secret and the scope.`;
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    return `${start}: the token endpoint answered ${error.status}. Check the client id and its secret.`;
  }
  return `${start}: the token endpoint gave no readable token.`;
}
