interface RefusalRow {
  status: number;
  title: string;
  /** True when the same request may succeed later without any change. */
  retryable: boolean;
}

/** Every way we decline: stable code → HTTP status. docs/errors.md shows the same table; a test compares them. */
export const REFUSALS = {
  invalid_request: { status: 400, title: 'The request is not valid', retryable: false },
  invalid_json: { status: 400, title: 'The body is not valid JSON', retryable: false },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours', retryable: false },
  idempotency_key_missing: { status: 400, title: 'Idempotency-Key is required', retryable: false },
  idempotency_key_invalid: { status: 400, title: 'Idempotency-Key is not valid', retryable: false },
  api_key_missing: { status: 401, title: 'An API key is required', retryable: false },
  api_key_invalid: { status: 401, title: 'The API key is not valid', retryable: false },
  scope_missing: { status: 403, title: 'The API key may not do this', retryable: false },
  not_found: { status: 404, title: 'There is no such thing here', retryable: false },
  method_not_allowed: { status: 405, title: 'The method is not allowed here', retryable: false },
  idempotency_key_in_use: { status: 409, title: 'A request with this key is still running', retryable: true },
  order_no_taken: { status: 409, title: 'The order number is taken', retryable: false },
  payment_not_payable: { status: 409, title: 'The payment cannot be paid any more', retryable: false },
  payment_already_succeeded: { status: 409, title: 'The payment has succeeded', retryable: false },
  payment_processing: { status: 409, title: 'An earlier try is still being cleared up', retryable: true },
  payment_not_refundable: { status: 409, title: 'The payment cannot be refunded', retryable: false },
  refund_exceeds_payment: { status: 409, title: 'The refund is more than what is left', retryable: false },
  wallet_not_available: { status: 409, title: 'The wallet is not available for this', retryable: false },
  refund_no_taken: { status: 409, title: 'The refund number is taken', retryable: false },
  wallet_account_taken: { status: 409, title: 'The wallet account is registered already', retryable: false },
  webhook_endpoints_max: { status: 409, title: 'There are too many webhook endpoints', retryable: false },
  webhook_endpoint_disabled: { status: 409, title: 'The webhook endpoint is disabled', retryable: false },
  qr_codes_max: { status: 409, title: 'There are too many codes', retryable: false },
  qr_code_disabled: { status: 409, title: 'The code is switched off', retryable: false },
  statement_closed: { status: 409, title: 'The day is closed', retryable: false },
  break_resolved: { status: 409, title: 'The break is resolved', retryable: false },
  body_too_large: { status: 413, title: 'The body is too large', retryable: false },
  content_type_unsupported: { status: 415, title: 'The content type is not supported', retryable: false },
  idempotency_key_reused: { status: 422, title: 'The key was used for another request', retryable: false },
  limit_exceeded: { status: 422, title: 'That is more than may move', retryable: false },
  amount_below_minimum: { status: 422, title: 'That is less than the least amount', retryable: false },
  internal_error: { status: 500, title: 'Something went wrong on our side', retryable: true },
  overloaded: { status: 503, title: 'Too busy; try again shortly', retryable: true },
  unavailable: { status: 503, title: 'Not available right now', retryable: true },
} as const satisfies Record<string, RefusalRow>;
