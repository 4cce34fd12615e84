import { AppError, type ErrorCode } from '../domain/errors';

/** What Express and what it reads bodies with throw; only these fields are used. */
interface LibraryError {
  status?: unknown;
  type?: unknown;
  /** Bytes. */
  limit?: number;
  code?: unknown;
}

type Telling = [code: ErrorCode, message: string | ((error: LibraryError) => string)];

/** By what was wrong and never by the status alone: one status stands for many faults. */
const BY_TYPE = new Map<unknown, Telling>([
  [
    'entity.too.large',
    [
      'body_too_large',
      ({ limit = 0 }) => `What was sent is larger than ${Math.floor(limit / 1024)} KB.`,
    ],
  ],
  ['parameters.too.many', ['body_too_large', 'The form has too many fields.']],
  [
    'encoding.unsupported',
    [
      'unsupported_media_type',
      'The Content-Encoding is not one that is read here. Send the body uncompressed or with gzip.',
    ],
  ],
  ['charset.unsupported', ['unsupported_media_type', 'Send the body in UTF-8.']],
  [
    'request.aborted',
    ['incomplete_body', 'The connection ended before the whole body had come. Send it again.'],
  ],
  [
    'request.size.invalid',
    ['incomplete_body', 'The body is not as long as its Content-Length says.'],
  ],
]);

/**
 * A refusal by a library, in true words and with a code of ours.
 * @returns undefined for anything else, which nobody foresaw
 */
export function libraryRefusal(thrown: unknown): AppError | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const error = thrown as LibraryError;
  const told = BY_TYPE.get(error.type);
  if (told) {
    const [code, message] = told;
    return new AppError(code, typeof message === 'string' ? message : message(error));
  }
  if (error.status !== 400) return undefined;
  // The router's, of a part of the path.
  if (thrown instanceof URIError) {
    return new AppError(
      'malformed_url',
      'The address cannot be decoded: a % in its path is not followed by the two digits of a UTF-8 byte. Encode each part of the path with percent signs, as encodeURIComponent does.',
    );
  }
  // What zlib says of a compressed body has a code that begins so.
  if (typeof error.code === 'string' && /^(Z_|ERR_|ZSTD_)/.test(error.code)) {
    return new AppError(
      'malformed_encoding',
      'The body is not compressed as its Content-Encoding says, or was cut.',
    );
  }
  return undefined;
}
