/** Generated from the API document by `npm run fix`: what each operation takes and returns. */

/** What operations take and return, by name. */
export interface Schemas {
  Problem: {
    type: string;
    title: string;
    status: number;
    detail: string;
    code: string;
    instance: string;
    requestId: string;
    errors?: {
      pointer: string;
      detail: string;
    }[] | undefined;
  };
  "gateway.ResourceMetadata": {
    resource: string;
    authorization_servers: string[];
    scopes_supported: string[];
    bearer_methods_supported: string[];
    dpop_signing_alg_values_supported: string[];
    resource_documentation: string;
  };
  "gateway.PersonalData": {
    document: {
      [name: string]: unknown;
    };
    signature: string;
  };
  "gateway.Tokens": {
    access_token: string;
    token_type: "Bearer" | "DPoP";
    expires_in: number;
    refresh_token?: string | undefined;
    id_token?: string | undefined;
    scope: string;
    issued_token_type?: string | undefined;
  };
  "gateway.StoredUpstream": {
    name: string;
    source: "api" | "file" | "default";
    createdAt?: string | undefined;
    updatedAt?: string | undefined;
    warnings?: {
      pointer: string;
      detail: string;
    }[] | undefined;
    state: {
      breaker: "closed" | "open" | "half-open";
      targets: {
        url: string;
        weight: number;
        status: "healthy" | "unhealthy" | "ejected" | "unknown";
        ejectedUntil?: string | undefined;
        failures: number;
        failingSince?: string | undefined;
        failure?: "unreached" | "lost" | "late" | "gateway-error" | "health-check" | undefined;
      }[];
    };
    [name: string]: unknown;
  };
  "gateway.StoredLimit": {
    name: string;
    source: "api" | "file" | "default";
    createdAt?: string | undefined;
    updatedAt?: string | undefined;
    warnings?: {
      pointer: string;
      detail: string;
    }[] | undefined;
    [name: string]: unknown;
  };
  "gateway.LimitUsage": {
    name: string;
    route?: string | undefined;
    per: ("address" | "subject" | "service" | "key" | "all")[];
    limit: number;
    window: string;
    exact: boolean;
    callers: number;
    top: {
      caller: {
        address?: string | undefined;
        subject?: string | undefined;
        service?: string | undefined;
        key?: string | undefined;
      };
      used: number;
      allowed: number;
      resetAt: string;
    }[];
    processes: Schemas["gateway.Processes"];
  };
  "gateway.Processes": {
    counted: number;
    running: number | null;
  };
  "gateway.UpstreamUsage": {
    limits: {
      name: string;
      route?: string | undefined;
      per: ("address" | "subject" | "service" | "key" | "all")[];
      limit: number;
      window: string;
      exact: boolean;
      callers: number;
      top: {
        caller: {
          address?: string | undefined;
          subject?: string | undefined;
          service?: string | undefined;
          key?: string | undefined;
        };
        used: number;
        allowed: number;
        resetAt: string;
      }[];
    }[];
    processes: Schemas["gateway.Processes"];
  };
  "gateway.StoredPolicy": {
    name: string;
    source: "api" | "file" | "default";
    createdAt?: string | undefined;
    updatedAt?: string | undefined;
    warnings?: {
      pointer: string;
      detail: string;
    }[] | undefined;
    [name: string]: unknown;
  };
  "gateway.Explanation": {
    decision: "allow" | "deny";
    by: "credential" | "scope" | "step-up" | "policy" | "limit";
    rule?: string | undefined;
    reason: string;
    evaluated: {
      rule: string;
      matched: boolean;
      why: string;
    }[];
  };
  "gateway.DescribedCall": {
    method: string;
    path: string;
    host?: string | undefined;
    subject?: string | undefined;
    service?: string | undefined;
    key?: string | undefined;
    address?: string | undefined;
    headers?: {
      [name: string]: string;
    } | undefined;
    at?: string | undefined;
    acr?: "aal1" | "aal2" | undefined;
  };
  "gateway.GatewayOverview": {
    at: string;
    startedAt: string;
    processes: Schemas["gateway.Processes"];
    minutes: {
      requests: number;
      errors: number;
      refusals: number;
      limited: number;
      logins: {
        succeeded: number;
        failed: number;
      };
      latencyMs: {
        p50: number | null;
        p95: number | null;
      };
      at: string;
    }[];
    total: {
      requests: number;
      errors: number;
      refusals: number;
      limited: number;
      logins: {
        succeeded: number;
        failed: number;
      };
      latencyMs: {
        p50: number | null;
        p95: number | null;
      };
    };
    parts: {
      name: "gateway" | "kms" | "twofa" | "search" | "service-a";
      status: "ok" | "unavailable";
    }[];
  };
  "gateway.RefusedCall": {
    at: string;
    requestId: string;
    status: 401 | 403 | 429;
    reason?: string | undefined;
    rule?: string | undefined;
    route: string;
    caller: {
      subject?: string | undefined;
      service?: string | undefined;
      key?: string | undefined;
    };
    call: {
      method: string;
      path: string;
      host?: string | undefined;
      subject?: string | undefined;
      service?: string | undefined;
      key?: string | undefined;
      address?: string | undefined;
      acr?: "aal1" | "aal2" | undefined;
      at: string;
    };
  };
  "kms.KeySet": {
    keys: Schemas["kms.PublicKey"][];
  };
  "kms.PublicKey": {
    kty: string;
    kid: string;
    alg: string;
    use: string;
    crv?: string | undefined;
    x?: string | undefined;
    y?: string | undefined;
    n?: string | undefined;
    e?: string | undefined;
  };
  "kms.User": {
    id: string;
    username: string;
    email: string | null;
    emailVerified: boolean;
    roles: string[];
    createdAt: string;
    lockedAt: string | null;
  };
  "kms.Tokens": {
    access_token: string;
    token_type: "Bearer" | "DPoP";
    expires_in: number;
    refresh_token?: string | undefined;
    id_token?: string | undefined;
    scope: string;
    issued_token_type?: string | undefined;
  };
  "kms.OAuthError": {
    error: string;
    error_description: string;
  };
  "kms.TokenRequest": {
    grant_type: "authorization_code" | "refresh_token" | "client_credentials" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:token-exchange";
    refresh_token?: string | undefined;
    code?: string | undefined;
    redirect_uri?: string | undefined;
    code_verifier?: string | undefined;
    device_code?: string | undefined;
    scope?: string | undefined;
    subject_token?: string | undefined;
    subject_token_type?: string | undefined;
    audience?: string | undefined;
    resource?: string | undefined;
    client_id?: string | undefined;
    client_secret?: string | undefined;
  };
  "kms.DeviceResponse": {
    device_code: string;
    user_code: string;
    verification_uri: string;
    verification_uri_complete: string;
    expires_in: number;
    interval: number;
  };
  "kms.DeviceRequest": {
    scope?: string | undefined;
    resource?: string | undefined;
    audience?: string | undefined;
    client_id?: string | undefined;
    client_secret?: string | undefined;
  };
  "kms.PushedAuthorizationResponse": {
    request_uri: string;
    expires_in: number;
  };
  "kms.PushedAuthorizationRequest": {
    response_type: string;
    redirect_uri: string;
    code_challenge: string;
    code_challenge_method: string;
    scope?: string | undefined;
    state?: string | undefined;
    client_id?: string | undefined;
    client_secret?: string | undefined;
  };
  "kms.UserInfo": {
    sub: string;
    preferred_username?: string | undefined;
    email?: string | undefined;
    email_verified?: boolean | undefined;
  };
  "kms.RevocationRequest": {
    token: string;
    token_type_hint?: string | undefined;
    client_id?: string | undefined;
    client_secret?: string | undefined;
  };
  "kms.Introspection": {
    active: boolean;
    [name: string]: unknown;
  };
  "kms.IntrospectionRequest": {
    token: string;
    token_type_hint?: string | undefined;
    client_id?: string | undefined;
    client_secret?: string | undefined;
  };
  "kms.ServerMetadata": {
    issuer: string;
    authorization_endpoint: string;
    pushed_authorization_request_endpoint: string;
    device_authorization_endpoint: string;
    token_endpoint: string;
    token_endpoint_auth_methods_supported: string[];
    revocation_endpoint: string;
    revocation_endpoint_auth_methods_supported: string[];
    introspection_endpoint: string;
    introspection_endpoint_auth_methods_supported: string[];
    jwks_uri: string;
    grant_types_supported: string[];
    response_types_supported: string[];
    response_modes_supported: string[];
    code_challenge_methods_supported: string[];
    authorization_response_iss_parameter_supported: boolean;
    scopes_supported: string[];
    userinfo_endpoint: string;
    end_session_endpoint: string;
    subject_types_supported: string[];
    id_token_signing_alg_values_supported: string[];
    claims_supported: string[];
    acr_values_supported: string[];
    prompt_values_supported: string[];
    claims_parameter_supported: boolean;
    request_parameter_supported: boolean;
    request_uri_parameter_supported: boolean;
    dpop_signing_alg_values_supported: string[];
    client_id_metadata_document_supported?: true | undefined;
    service_documentation: string;
  };
  "kms.Profile": {
    id: string;
    username: string;
    email: string | null;
    emailVerified: boolean;
    roles: string[];
    createdAt: string;
    lockedAt: string | null;
    scopes: string[];
    session: {
      id: string;
      acr: "aal1" | "aal2";
      amr: string[];
      authenticatedAt: string;
    };
  };
  "kms.Consents": {
    items: Schemas["kms.Consent"][];
    next: string | null;
    documents: {
      document: "terms" | "privacy";
      version: string;
      url: string;
      agreed: boolean;
    }[];
  };
  "kms.Consent": {
    document: "terms" | "privacy";
    version: string;
    way: "sign-up-page" | "invitation-page" | "account-page" | "api";
    givenAt: string;
    withdrawnAt: string | null;
  };
  "kms.ResetLink": {
    url: string;
    expiresAt: string;
  };
  "kms.Invitation": {
    id: string;
    email: string;
    username: string | null;
    roles: string[];
    invitedBy: string;
    createdAt: string;
    expiresAt: string;
  };
  "kms.PendingAddress": {
    email: string;
    expiresAt: string;
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.Warning": {
    code: "factor-recommended";
    detail: string;
  };
  "kms.Session": {
    id: string;
    current: boolean;
    createdAt: string;
    lastUsedAt: string;
    expiresAt: string;
    acr: "aal1" | "aal2";
    amr: string[];
    client: {
      id: string;
      userAgent: string | null;
    };
    address: string | null;
  };
  "kms.NewUser": Schemas["kms.User"] & {
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.ListedUser": Schemas["kms.User"] & {
    lastSeenAt: string | null;
  };
  "kms.UserWithConsents": Schemas["kms.User"] & {
    consents: Schemas["kms.Consent"][];
  };
  "kms.LockedUser": Schemas["kms.User"] & {
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.Role": {
    name: string;
    permissions: string[];
  };
  "kms.ConnectedApplication": {
    clientId: string;
    name: string;
    scopes: string[];
    grantedAt: string | null;
    lastUsedAt: string | null;
  };
  "kms.ClientWithSecret": Schemas["kms.Client"] & {
    clientSecret?: string | undefined;
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.Client": {
    clientId: string;
    name: string;
    redirectUris: string[];
    postLogoutRedirectUris: string[];
    scopes: string[];
    public: boolean;
    trusted: boolean;
    createdAt: string;
  };
  "kms.ClientChange": {
    name?: string | undefined;
    redirectUris?: string[] | undefined;
    postLogoutRedirectUris?: string[] | undefined;
    scopes?: string[] | undefined;
    trusted?: boolean | undefined;
    newSecret?: true | undefined;
  };
  "kms.NewService": Schemas["kms.Service"] & {
    webhookSecret?: string | undefined;
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.Service": {
    name: string;
    scopes: string[];
    rotateAfterDays: number | null;
    createdAt: string;
    webhookUrl: string | null;
    rotationBlocked: "no-webhook" | null;
  };
  "kms.Webhook": {
    url: string;
    secret: string;
  };
  "kms.KeyVerdict": {
    valid: boolean;
    code: "valid" | "malformed" | "unknown" | "revoked" | "expired" | "disabled" | "address-not-allowed";
    service: string | null;
    scopes: string[];
    expiresAt: string | null;
  };
  "kms.LeakReceipt": {
    status: "received";
  };
  "kms.DisabledKey": Schemas["kms.ApiKey"] & {
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.ApiKey": {
    id: string;
    service: string;
    name: string | null;
    prefix: string;
    scopes: string[];
    createdAt: string;
    expiresAt: string | null;
    allowedAddresses: string[] | null;
    revokedAt: string | null;
    disabledAt: string | null;
    disabledReason: "operator" | "leaked" | null;
    lastUsedAt: string | null;
    state: "active" | "grace" | "disabled" | "revoked" | "expired";
  };
  "kms.CreatedApiKey": {
    id: string;
    service: string;
    name: string | null;
    prefix: string;
    scopes: string[];
    createdAt: string;
    expiresAt: string | null;
    allowedAddresses: string[] | null;
    key: string;
  };
  "kms.HourOfUse": {
    hour: string;
    calls: number;
    refused: number;
    limited: number;
  };
  "kms.NewApiKey": Schemas["kms.CreatedApiKey"] & {
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.Revocations": {
    revocations: {
      id: string;
      revokedAt: string;
    }[];
    rightsChanges: {
      holder: string;
      issuedBefore: string;
    }[];
    position: number;
    isWhole: boolean;
    hasMore: boolean;
  };
  "kms.SigningKey": {
    kid: string;
    purpose: "access-token" | "id-token";
    state: "next" | "current" | "retiring" | "revoked";
    algorithm: "EdDSA" | "ES256" | "RS256" | "HS256";
    createdAt: string;
    activatedAt: string | null;
    endedAt: string | null;
    publishedUntil: string | null;
  };
  "kms.SecretHistory": {
    path: string;
    versions: {
      version: number;
      state: "readable" | "deleted" | "destroyed";
      createdAt: string;
      deletedAt: string | null;
    }[];
  };
  "kms.SecretVersions": {
    path: string;
    versions: number[];
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.WrappingToken": {
    token: string;
    expiresAt: string;
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.UnwrappedSecret": {
    value: string;
  };
  "kms.SecretName": {
    path: string;
  };
  "kms.SecretVersion": {
    path: string;
    version: number;
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.Secret": {
    path: string;
    version: number;
    value: string;
    createdAt: string;
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.TransitKey": {
    name: string;
    latestVersion: number;
    minDecryptionVersion: number;
    createdAt: string;
    createdBy: string;
  };
  "kms.NewTransitKey": Schemas["kms.TransitKey"] & {
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.NewTransitCiphertext": Schemas["kms.TransitCiphertext"] & {
    warnings?: Schemas["kms.Warning"][] | undefined;
  };
  "kms.TransitCiphertext": {
    ciphertext: string;
    keyVersion: number;
  };
  "kms.TransitPlaintext": {
    plaintext: string;
  };
  "kms.RootKey": {
    version: number;
    createdAt: string;
    remaining: number;
    older: {
      version: number;
      createdAt: string;
      dataKeys: number;
    }[];
  };
  "kms.AuditEntry": {
    id: number;
    at: string;
    action: string;
    outcome: "success" | "failure" | "refused";
    actor: string | null;
    actingService: string | null;
    target: string | null;
    reason: string | null;
    count: number;
    requestId: string | null;
    address: string | null;
    personal: {
      [name: string]: string;
    } | null;
    link: string | null;
  };
  "kms.AuditVerdict": {
    valid: boolean;
    entries: number;
    brokenAt?: number | undefined;
    next?: number | undefined;
  };
  "kms.AuditCheckpoint": {
    entries: number;
    at: string;
    jws: string;
    publicJwk: {
      [name: string]: string;
    };
  };
  "twofa.Factor": {
    factorId: string;
    type: "totp" | "email" | "sms" | "webauthn";
    name: string;
    destination?: string | undefined;
    transports?: string[] | undefined;
    backedUp?: boolean | undefined;
    disabledAt?: string | null | undefined;
    createdAt: string;
    confirmedAt: string | null;
    lastUsedAt: string | null;
  };
  "twofa.ConfirmedFactor": {
    factorId: string;
    confirmedAt: string;
    recoveryCodes: string[];
  };
  "twofa.CreationOptions": {
    rp: {
      id: string;
      name: string;
    };
    user: {
      id: string;
      name: string;
      displayName: string;
    };
    challenge: string;
    pubKeyCredParams: {
      type: "public-key";
      alg: number;
    }[];
    timeout: number;
    excludeCredentials: {
      id: string;
      type: "public-key";
      transports: string[];
    }[];
    authenticatorSelection: {
      residentKey: "preferred";
      requireResidentKey: false;
      userVerification: "preferred";
    };
    attestation: "none";
    extensions: {
      credProps: true;
    };
    challengeId: string;
    expiresAt: string;
  };
  "twofa.Purpose": {
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    path: string;
    bodySha256?: string | undefined;
  };
  "search.SyncResults": {
    results: {
      id: string;
      success: boolean;
      error?: string | undefined;
    }[];
  };
  "search.SyncOperation": {
    operation: "create" | "update" | "delete";
    document: {
      id: string;
      [name: string]: unknown;
    };
  };
  "search.SearchAnswer": {
    found: number;
    page: number;
    hits: {
      document: Schemas["search.ElementDocument"];
      highlights: {
        field: string;
        snippet: string;
        matched_tokens: string[];
        value?: string | undefined;
      }[];
      text_match: number;
    }[];
    grouped_hits?: {
      found?: number | undefined;
      group_key: (string | number | boolean)[];
      hits: {
        document: Schemas["search.ElementDocument"];
        highlights: {
          field: string;
          snippet: string;
          matched_tokens: string[];
          value?: string | undefined;
        }[];
        text_match: number;
      }[];
    }[] | undefined;
    facet_counts: {
      field_name: string;
      counts: {
        value: string;
        highlighted: string;
        count: number;
      }[];
      sampled: boolean;
      stats: {
        total_values: number;
        min?: number | undefined;
        max?: number | undefined;
        sum?: number | undefined;
        avg?: number | undefined;
      };
    }[];
  };
  "search.ElementDocument": {
    id?: string | undefined;
    element_type?: string | undefined;
    element_id?: number | undefined;
    sequence_number?: number | undefined;
    version_number?: number | undefined;
    comment?: string | undefined;
    text?: string | undefined;
    script_id?: number | undefined;
    service_name?: string | undefined;
    updated_at?: number | undefined;
  };
  "search.SearchQuery": {
    q: string;
    query_by?: string | undefined;
    query_by_weights?: string | number | boolean | undefined;
    prefix?: string | number | boolean | undefined;
    num_typos?: string | number | boolean | undefined;
    typo_tokens_threshold?: string | number | boolean | undefined;
    drop_tokens_threshold?: string | number | boolean | undefined;
    drop_tokens_mode?: string | number | boolean | undefined;
    min_len_1typo?: string | number | boolean | undefined;
    min_len_2typo?: string | number | boolean | undefined;
    split_join_tokens?: string | number | boolean | undefined;
    exhaustive_search?: string | number | boolean | undefined;
    enable_typos_for_numerical_tokens?: string | number | boolean | undefined;
    enable_typos_for_alpha_numerical_tokens?: string | number | boolean | undefined;
    filter_by?: string | undefined;
    hidden_hits?: string | number | boolean | undefined;
    sort_by?: string | undefined;
    facet_by?: string | undefined;
    facet_query?: string | number | boolean | undefined;
    facet_query_num_typos?: string | number | boolean | undefined;
    max_facet_values?: string | number | boolean | undefined;
    page?: number | undefined;
    per_page?: number | undefined;
    offset?: string | number | boolean | undefined;
    limit?: string | number | boolean | undefined;
    max_hits?: number | undefined;
    limit_hits?: string | number | boolean | undefined;
    include_fields?: string | number | boolean | undefined;
    exclude_fields?: string | number | boolean | undefined;
    highlight_fields?: string | number | boolean | undefined;
    highlight_full_fields?: string | number | boolean | undefined;
    highlight_start_tag?: string | number | boolean | undefined;
    highlight_end_tag?: string | number | boolean | undefined;
    highlight_affix_num_tokens?: string | number | boolean | undefined;
    snippet_threshold?: string | number | boolean | undefined;
    enable_highlight_v1?: string | number | boolean | undefined;
    cache_ttl?: string | number | boolean | undefined;
    curation_tags?: string | number | boolean | undefined;
    demote_synonym_match?: string | number | boolean | undefined;
    enable_analytics?: string | number | boolean | undefined;
    enable_curations?: string | number | boolean | undefined;
    enable_lazy_filter?: string | number | boolean | undefined;
    enable_overrides?: string | number | boolean | undefined;
    enable_synonyms?: string | number | boolean | undefined;
    facet_return_parent?: string | number | boolean | undefined;
    facet_sample_percent?: string | number | boolean | undefined;
    facet_sample_slope?: string | number | boolean | undefined;
    facet_sample_threshold?: string | number | boolean | undefined;
    facet_strategy?: string | number | boolean | undefined;
    filter_curated_hits?: string | number | boolean | undefined;
    group_by?: string | number | boolean | undefined;
    group_limit?: string | number | boolean | undefined;
    group_missing_values?: string | number | boolean | undefined;
    infix?: string | number | boolean | undefined;
    max_candidates?: string | number | boolean | undefined;
    max_extra_prefix?: string | number | boolean | undefined;
    max_extra_suffix?: string | number | boolean | undefined;
    max_filter_by_candidates?: string | number | boolean | undefined;
    override_tags?: string | number | boolean | undefined;
    pinned_hits?: string | number | boolean | undefined;
    pre_segmented_query?: string | number | boolean | undefined;
    preset?: string | number | boolean | undefined;
    prioritize_exact_match?: string | number | boolean | undefined;
    prioritize_num_matching_fields?: string | number | boolean | undefined;
    prioritize_token_position?: string | number | boolean | undefined;
    search_cutoff_ms?: string | number | boolean | undefined;
    stopwords?: string | number | boolean | undefined;
    synonym_num_typos?: string | number | boolean | undefined;
    synonym_prefix?: string | number | boolean | undefined;
    synonym_sets?: string | number | boolean | undefined;
    text_match_type?: string | number | boolean | undefined;
    use_cache?: string | number | boolean | undefined;
    conversation?: string | number | boolean | undefined;
    conversation_id?: string | number | boolean | undefined;
    conversation_model_id?: string | number | boolean | undefined;
    conversation_stream?: string | number | boolean | undefined;
    nl_model_id?: string | number | boolean | undefined;
    nl_query?: string | number | boolean | undefined;
    nl_query_debug?: string | number | boolean | undefined;
    nl_query_debug_mode?: string | number | boolean | undefined;
    nl_query_prompt_cache_ttl?: string | number | boolean | undefined;
    remote_embedding_num_tries?: string | number | boolean | undefined;
    remote_embedding_timeout_ms?: string | number | boolean | undefined;
    rerank_hybrid_matches?: string | number | boolean | undefined;
    validate_field_names?: string | number | boolean | undefined;
    vector_query?: string | number | boolean | undefined;
    voice_query?: string | number | boolean | undefined;
  };
  "search.ScopedKey": {
    key: string;
    filter_by?: string | undefined;
    include_fields?: string | undefined;
    exclude_fields?: string | undefined;
    limit_hits?: number | undefined;
    expires_at: number;
  };
  "search.ScopedKeyRequest": {
    filter_by?: string | undefined;
    include_fields?: string | undefined;
    exclude_fields?: string | undefined;
    limit_hits?: number | undefined;
    expires_at?: number | undefined;
  };
  "search.SearchStatus": {
    engine: "libsql" | "typesense";
    healthy: boolean;
    nodes: {
      url: string;
      healthy: boolean;
    }[];
    documents: number;
    lagSeconds: number;
  };
  "search.ReindexJob": {
    jobId: string;
    status: "running" | "done" | "failed";
    state: string;
    documents: {
      copied: number;
      total: number;
    };
    failure: string | null;
    startedAt: string;
    finishedAt: string | null;
  };
  "search.Synonym": {
    id?: string | undefined;
    synonyms: string[];
    root?: string | undefined;
    locale?: string | undefined;
    symbols_to_index?: string[] | undefined;
  };
  "search.Curation": {
    id?: string | undefined;
    rule: {
      query?: string | undefined;
      match?: "exact" | "contains" | undefined;
      filter_by?: string | undefined;
      tags?: string[] | undefined;
    };
    includes?: {
      id: string;
      position?: number | undefined;
    }[] | undefined;
    excludes?: {
      id: string;
    }[] | undefined;
    filter_by?: string | undefined;
    sort_by?: string | undefined;
    replace_query?: string | undefined;
    remove_matched_tokens?: boolean | undefined;
    filter_curated_hits?: boolean | undefined;
    stop_processing?: boolean | undefined;
    effective_from_ts?: number | undefined;
    effective_to_ts?: number | undefined;
    metadata?: {
      [name: string]: string | number | boolean;
    } | undefined;
  };
  "service-a.Version": {
    elementType: "script" | "section" | "character" | "action" | "spokenWord";
    elementId: number;
    versionNumber: number;
    text: string;
    newVersionData: string | {
      [name: string]: unknown;
    };
    comment: string;
    createdBy: string;
    actingService: string | null;
    createdAt: string;
  };
  "service-a.Element": {
    elementType: "script" | "section" | "character" | "action" | "spokenWord";
    elementId: number;
    sequenceNumber: number;
    versionNumber: number;
    comment: string;
    text: string;
    scriptId: number | null;
    createdAt: string;
    updatedAt: string;
  };
  "service-a.Script": {
    scriptId: number;
    title: string;
    counts: {
      section: number;
      character: number;
      action: number;
      spokenWord: number;
    };
    createdAt: string;
  };
  "service-a.DeadLetter": {
    id: number;
    elementType: "script" | "section" | "character" | "action" | "spokenWord";
    elementId: number;
    attempts: number;
    refusal: string;
    changedAt: string;
  };
  "kms.PersonalData": {
    document: {
      [name: string]: unknown;
    };
    signature: string;
  };
}

/** Every operation of Fountain, by method and path: the parts of its request, and `data`, what a success gives. */
export interface Operations {
  /** Get the contact for reports of vulnerabilities (RFC 9116). (for anyone) */
  "GET /.well-known/security.txt": {
    data: string;
  };
  /** Check whether the process runs. (for anyone) */
  "GET /health": {
    data: {
      status: "ok";
    };
  };
  /** Check whether every worker and its database respond. (for anyone) */
  "GET /ready": {
    data: {
      status: "ok";
      workers: {
        gateway: "ok";
        kms: "ok";
        twofa: "ok";
        search: "ok";
        "service-a": "ok";
      };
    };
  };
  /** Get the public keys that verify access tokens (RFC 7517). (for anyone) */
  "GET /.well-known/jwks.json": {
    data: {
      keys: {
        kid: string;
        [name: string]: unknown;
      }[];
    };
  };
  /** Get the metadata of the authorization server (RFC 8414). (for anyone) */
  "GET /.well-known/oauth-authorization-server": {
    data: {
      issuer: string;
      token_endpoint: string;
      [name: string]: unknown;
    };
  };
  /** Get the same for OpenID Connect (OpenID Connect Discovery §4). (for anyone) */
  "GET /.well-known/openid-configuration": {
    data: {
      issuer: string;
      token_endpoint: string;
      [name: string]: unknown;
    };
  };
  /** Get the metadata of this installation as a protected resource (RFC 9728). (for anyone) */
  "GET /.well-known/oauth-protected-resource": {
    data: Schemas["gateway.ResourceMetadata"];
  };
  /** Get the metadata of a service behind the gateway, or of a worker, as a protected resource (RFC 9728). (for anyone) */
  "GET /.well-known/oauth-protected-resource/{prefix}": {
    path: {
      prefix: string;
    };
    data: Schemas["gateway.ResourceMetadata"];
  };
  /** List the upstreams by name. (scope `gateway:read`) */
  "GET /gateway/upstreams": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["gateway.StoredUpstream"][];
      next: string | null;
    };
  };
  /** Show an upstream. (scope `gateway:read`) */
  "GET /gateway/upstreams/{name}": {
    path: {
      name: string;
    };
    data: Schemas["gateway.StoredUpstream"];
  };
  /** Create an upstream, or replace the whole of it. (scope `gateway:write`; step-up) */
  "PUT /gateway/upstreams/{name}": {
    path: {
      name: string;
    };
    body: {
      targets: (string | {
        url: string;
        weight: number;
      })[];
      prefix?: string | undefined;
      keepPrefix?: boolean | undefined;
      host?: string | undefined;
      scopes?: {
        [name: string]: string;
      } | undefined;
      identity?: "token" | "headers" | "none" | undefined;
      routes?: {
        match: string;
        scope?: string | undefined;
        anyone?: boolean | undefined;
        stepUp?: {
          maxAgeSeconds: number;
        } | undefined;
        limits?: {
          name: string;
          per: "address" | "subject" | "service" | "key" | "all" | ("address" | "subject" | "service" | "key" | "all")[];
          limit: number;
          window: string;
          burst?: number | undefined;
          exact?: boolean | undefined;
        }[] | undefined;
        policy?: string | {
          effect: "allow" | "deny";
          when?: {
            roles?: string | string[] | undefined;
            scopes?: string | string[] | undefined;
            subject?: string | string[] | undefined;
            service?: string | string[] | undefined;
            acr?: "aal1" | "aal2" | undefined;
            addresses?: string[] | undefined;
            hours?: {
              zone: string;
              from: string;
              to: string;
              days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined;
            } | undefined;
            path?: {
              [name: string]: string;
            } | undefined;
          } | undefined;
          dryRun?: boolean | undefined;
        } | (string | {
          effect: "allow" | "deny";
          when?: {
            roles?: string | string[] | undefined;
            scopes?: string | string[] | undefined;
            subject?: string | string[] | undefined;
            service?: string | string[] | undefined;
            acr?: "aal1" | "aal2" | undefined;
            addresses?: string[] | undefined;
            hours?: {
              zone: string;
              from: string;
              to: string;
              days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined;
            } | undefined;
            path?: {
              [name: string]: string;
            } | undefined;
          } | undefined;
          dryRun?: boolean | undefined;
        })[] | undefined;
        maxBodyBytes?: number | undefined;
        answerWithinSeconds?: number | undefined;
      }[] | undefined;
      limits?: {
        name: string;
        per: "address" | "subject" | "service" | "key" | "all" | ("address" | "subject" | "service" | "key" | "all")[];
        limit: number;
        window: string;
        burst?: number | undefined;
        exact?: boolean | undefined;
      }[] | undefined;
      openapi?: string | undefined;
      health?: {
        path: string;
        intervalSeconds?: number | undefined;
      } | undefined;
      retries?: number | undefined;
      connectTimeoutMs?: number | undefined;
      maxConcurrency?: number | undefined;
      webSockets?: {
        max?: number | undefined;
        maxPerCaller?: number | undefined;
      } | undefined;
      firewall?: {
        effect: "allow" | "deny";
        addresses?: string[] | undefined;
        calls?: string[] | undefined;
        headers?: {
          [name: string]: string;
        } | undefined;
      }[] | undefined;
      lenientPaths?: boolean | undefined;
      maxBodyBytes?: number | undefined;
      answerWithinSeconds?: number | undefined;
    };
    data: Schemas["gateway.StoredUpstream"];
  };
  /** Delete an upstream. (scope `gateway:write`; step-up) */
  "DELETE /gateway/upstreams/{name}": {
    path: {
      name: string;
    };
    data: undefined;
  };
  /** List the limits by name. (scope `gateway:read`) */
  "GET /gateway/limits": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["gateway.StoredLimit"][];
      next: string | null;
    };
  };
  /** Show a limit. (scope `gateway:read`) */
  "GET /gateway/limits/{name}": {
    path: {
      name: string;
    };
    data: Schemas["gateway.StoredLimit"];
  };
  /** Create a limit, or replace the whole of it. (scope `gateway:write`; step-up) */
  "PUT /gateway/limits/{name}": {
    path: {
      name: string;
    };
    body: {
      name?: string | undefined;
      match: string;
      per: "address" | "subject" | "service" | "key" | "all" | ("address" | "subject" | "service" | "key" | "all")[];
      limit: number;
      window: string;
      burst?: number | undefined;
      exact?: boolean | undefined;
    };
    data: Schemas["gateway.StoredLimit"];
  };
  /** Delete a limit. (scope `gateway:write`; step-up) */
  "DELETE /gateway/limits/{name}": {
    path: {
      name: string;
    };
    data: undefined;
  };
  /** Show who uses up a limit at present. (scope `gateway:read`) */
  "GET /gateway/limits/{name}/usage": {
    path: {
      name: string;
    };
    data: Schemas["gateway.LimitUsage"];
  };
  /** Show who uses up the limits of an upstream and of its routes at present. (scope `gateway:read`) */
  "GET /gateway/upstreams/{name}/usage": {
    path: {
      name: string;
    };
    data: Schemas["gateway.UpstreamUsage"];
  };
  /** List the policies by name. (scope `gateway:read`) */
  "GET /gateway/policies": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["gateway.StoredPolicy"][];
      next: string | null;
    };
  };
  /** Show a policy. (scope `gateway:read`) */
  "GET /gateway/policies/{name}": {
    path: {
      name: string;
    };
    data: Schemas["gateway.StoredPolicy"];
  };
  /** Create a policy, or replace the whole of it. (scope `gateway:write`; step-up) */
  "PUT /gateway/policies/{name}": {
    path: {
      name: string;
    };
    body: {
      effect: "allow" | "deny";
      routes: string[];
      when?: {
        roles?: string | string[] | undefined;
        scopes?: string | string[] | undefined;
        subject?: string | string[] | undefined;
        service?: string | string[] | undefined;
        acr?: "aal1" | "aal2" | undefined;
        addresses?: string[] | undefined;
        hours?: {
          zone: string;
          from: string;
          to: string;
          days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[] | undefined;
        } | undefined;
        path?: {
          [name: string]: string;
        } | undefined;
      } | undefined;
      dryRun?: boolean | undefined;
    };
    data: Schemas["gateway.StoredPolicy"];
  };
  /** Delete a policy. (scope `gateway:write`; step-up) */
  "DELETE /gateway/policies/{name}": {
    path: {
      name: string;
    };
    data: undefined;
  };
  /** Explain what would be decided on a call. (scope `gateway:read`) */
  "POST /gateway/policies/explain": {
    body: Schemas["gateway.DescribedCall"];
    data: Schemas["gateway.Explanation"];
  };
  /** Show what the calls of the last hour came to, and how every part is. (scope `gateway:read`) */
  "GET /gateway/overview": {
    data: Schemas["gateway.GatewayOverview"];
  };
  /** List the last calls that were refused. (scope `gateway:read`) */
  "GET /gateway/refusals": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      status?: 401 | 403 | 429 | undefined;
    };
    data: {
      items: Schemas["gateway.RefusedCall"][];
      next: string | null;
      processes: Schemas["gateway.Processes"];
    };
  };
  /** Decide on a call that another proxy received. (for anyone) */
  "GET /gateway/authorize": {
    data: undefined;
  };
  /** Get the module with this worker's panels of the console. (for anyone) */
  "GET /gateway/panel.js": {
    data: string;
  };
  /** Get the module of the console, which has what panels are made with. (for anyone) */
  "GET /console/console.js": {
    data: string;
  };
  /** Get the OpenAPI 3.1 document of all workers. (for anyone) */
  "GET /openapi.json": {
    data: {
      openapi: string;
      [name: string]: unknown;
    };
  };
  /** Get the module with this worker's panels of the console. (for anyone) */
  "GET /kms/panel.js": {
    data: string;
  };
  /** Get the public keys that verify access tokens and ID tokens (RFC 7517). (for anyone) */
  "GET /kms/.well-known/jwks.json": {
    data: Schemas["kms.KeySet"];
  };
  /** Create an account for yourself, if REGISTRATION=open. (for anyone) */
  "POST /kms/register": {
    body: {
      username: string;
      email?: string | undefined;
      password: string;
      consents?: {
        terms?: string | undefined;
        privacy?: string | undefined;
      } | undefined;
    };
    data: Schemas["kms.User"];
  };
  /** Have a link mailed by which you can create an account, unless REGISTRATION=closed. (for anyone) */
  "POST /kms/sign-up": {
    body: {
      email: string;
    };
    data: undefined;
  };
  /** Log in with a username and password. (for anyone) */
  "POST /kms/login": {
    body: {
      username: string;
      password: string;
    };
    data: Schemas["kms.Tokens"];
  };
  /** Issue tokens (OAuth 2.0): refresh_token and client_credentials (RFC 6749), token exchange (RFC 8693). (for anyone) */
  "POST /kms/token": {
    body: URLSearchParams;
    data: Schemas["kms.Tokens"];
  };
  /** Begin to log in on a device without a browser (RFC 8628); the person types user_code on another one. (for anyone) */
  "POST /kms/device": {
    body: URLSearchParams;
    data: Schemas["kms.DeviceResponse"];
  };
  /** Push a request to the authorization endpoint (RFC 9126), and name it there by request_uri. (for anyone) */
  "POST /kms/par": {
    body: URLSearchParams;
    data: Schemas["kms.PushedAuthorizationResponse"];
  };
  /** Get what an application may know of the person (OpenID Connect Core §5.3). */
  "GET /kms/userinfo": {
    data: Schemas["kms.UserInfo"];
  };
  /** The same by POST, with the token in Authorization. */
  "POST /kms/userinfo": {
    data: Schemas["kms.UserInfo"];
  };
  /** Revoke a token (RFC 7009): a refresh token ends its session, an access token is revoked alone. (for anyone) */
  "POST /kms/revoke": {
    body: URLSearchParams;
    data: undefined;
  };
  /** Introspect an access token (RFC 7662), as a service with its key or with a token in Authorization. (for anyone) */
  "POST /kms/introspect": {
    body: URLSearchParams;
    data: Schemas["kms.Introspection"];
  };
  /** Get the metadata of this authorization server (RFC 8414). (for anyone) */
  "GET /kms/.well-known/oauth-authorization-server": {
    data: Schemas["kms.ServerMetadata"];
  };
  /** Get the same for OpenID Connect (OpenID Connect Discovery §4). (for anyone) */
  "GET /kms/.well-known/openid-configuration": {
    data: Schemas["kms.ServerMetadata"];
  };
  /** End this session; every worker refuses its tokens within 5 seconds. */
  "POST /kms/logout": {
    data: undefined;
  };
  /** Get the caller's own account and session. */
  "GET /kms/me": {
    data: Schemas["kms.Profile"];
  };
  /** Erase the caller: deletes the account, its sessions and second factors; its tokens are refused within 5 seconds. (step-up) */
  "DELETE /kms/me": {
    data: undefined;
  };
  /** List all consents that the caller has ever given, latest first, and what is asked of them now. */
  "GET /kms/me/consents": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: Schemas["kms.Consents"];
  };
  /** Agree to the version in force of the terms of use (`terms`) or the privacy policy (`privacy`). */
  "PUT /kms/me/consents/{document}": {
    path: {
      document: string;
    };
    body: {
      version: string;
    };
    data: Schemas["kms.Consent"];
  };
  /** Withdraw what the caller has agreed to of a document, in whatever version. */
  "DELETE /kms/me/consents/{document}": {
    path: {
      document: string;
    };
    data: undefined;
  };
  /** Change the caller's own password and end their other sessions. (step-up, once a factor is enrolled) */
  "PUT /kms/me/password": {
    body: {
      currentPassword: string;
      newPassword: string;
    };
    data: undefined;
  };
  /** Have a link and a code mailed by which a forgotten password can be replaced. (for anyone) */
  "POST /kms/password/forgot": {
    body: {
      login: string;
    };
    data: undefined;
  };
  /** Set a new password by a link or a code that was mailed. (for anyone) */
  "POST /kms/password/reset": {
    body: {
      token?: string | undefined;
      login?: string | undefined;
      code?: string | undefined;
      newPassword: string;
    };
    data: undefined;
  };
  /** Make a link by which a user can set a new password; it is shown once, and the user is notified by mail. (scope `users:admin`; step-up) */
  "POST /kms/users/{id}/reset-link": {
    path: {
      id: string;
    };
    data: Schemas["kms.ResetLink"];
  };
  /** Set a new password by a link of `npm run recover`, and lose all second factors and sessions. (for anyone) */
  "POST /kms/recover": {
    body: {
      token: string;
      newPassword: string;
    };
    data: undefined;
  };
  /** Invite a person by mail to have an account with these roles; the link works once, for 72 hours. (scope `users:admin`; step-up) */
  "POST /kms/invitations": {
    body: {
      email: string;
      username?: string | undefined;
      roles?: string[] | undefined;
    };
    data: Schemas["kms.Invitation"];
  };
  /** List the invitations that can be accepted. (scope `users:admin`) */
  "GET /kms/invitations": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.Invitation"][];
      next: string | null;
    };
  };
  /** Read an invitation that can be accepted. (scope `users:admin`) */
  "GET /kms/invitations/{id}": {
    path: {
      id: string;
    };
    data: Schemas["kms.Invitation"];
  };
  /** Withdraw an invitation, whose link is of no use any more. (scope `users:admin`) */
  "DELETE /kms/invitations/{id}": {
    path: {
      id: string;
    };
    data: undefined;
  };
  /** Create the account that an invitation, or a link to sign up, is for; its address is verified by that. (for anyone) */
  "POST /kms/invitations/accept": {
    body: {
      token: string;
      username?: string | undefined;
      password: string;
      consents?: {
        terms?: string | undefined;
        privacy?: string | undefined;
      } | undefined;
    };
    data: Schemas["kms.User"];
  };
  /** Give an email address, which counts once it is verified by the link or the code that is mailed to it. (step-up, once a factor is enrolled) */
  "PUT /kms/me/email": {
    body: {
      email: string;
    };
    data: Schemas["kms.PendingAddress"];
  };
  /** Verify an email address by the token of the link, or the code, that was mailed to it. */
  "POST /kms/me/email/verify": {
    body: {
      token?: string | undefined;
      code?: string | undefined;
    };
    data: Schemas["kms.User"];
  };
  /** List the caller's own sessions, latest login first. */
  "GET /kms/sessions": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.Session"][];
      next: string | null;
    };
  };
  /** End the caller's other sessions, and keep the one of this request. */
  "DELETE /kms/sessions": {
    data: undefined;
  };
  /** End one of the caller's own sessions. */
  "DELETE /kms/sessions/{id}": {
    path: {
      id: string;
    };
    data: undefined;
  };
  /** List the sessions of a user, latest login first. (scope `users:admin`) */
  "GET /kms/users/{id}/sessions": {
    path: {
      id: string;
    };
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.Session"][];
      next: string | null;
    };
  };
  /** End all sessions of a user, who can log in again. (scope `users:admin`) */
  "DELETE /kms/users/{id}/sessions": {
    path: {
      id: string;
    };
    data: undefined;
  };
  /** End one session of a user, who can log in again. (scope `users:admin`) */
  "DELETE /kms/users/{id}/sessions/{sessionId}": {
    path: {
      id: string;
      sessionId: string;
    };
    data: undefined;
  };
  /** Create a user. (scope `users:admin`; step-up, once a factor is enrolled) */
  "POST /kms/users": {
    body: {
      username: string;
      email?: string | undefined;
      password: string;
      roles?: string[] | undefined;
    };
    data: Schemas["kms.NewUser"];
  };
  /** List the users by name. (scope `users:admin`) */
  "GET /kms/users": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      search?: string | undefined;
      role?: string | undefined;
      locked?: boolean | undefined;
    };
    data: {
      items: Schemas["kms.ListedUser"][];
      next: string | null;
    };
  };
  /** Read a user. (scope `users:admin`) */
  "GET /kms/users/{id}": {
    path: {
      id: string;
    };
    data: Schemas["kms.UserWithConsents"];
  };
  /** Change a user's name or email address; what is left out stays, and `null` removes the address. (scope `users:admin`; step-up) */
  "PATCH /kms/users/{id}": {
    path: {
      id: string;
    };
    body: {
      username?: string | undefined;
      email?: string | null | undefined;
    };
    data: Schemas["kms.User"];
  };
  /** Erase a user, as they can themselves with DELETE /me. (scope `users:admin`; step-up) */
  "DELETE /kms/users/{id}": {
    path: {
      id: string;
    };
    data: undefined;
  };
  /** Lock a user: their sessions end, and they cannot log in. (scope `users:admin`; step-up, once a factor is enrolled) */
  "POST /kms/users/{id}/lock": {
    path: {
      id: string;
    };
    data: Schemas["kms.LockedUser"];
  };
  /** Unlock a user, so that they can log in again. (scope `users:admin`; step-up, once a factor is enrolled) */
  "POST /kms/users/{id}/unlock": {
    path: {
      id: string;
    };
    data: Schemas["kms.LockedUser"];
  };
  /** List the roles and their permissions by name. (scope `users:admin`) */
  "GET /kms/roles": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.Role"][];
      next: string | null;
    };
  };
  /** Create a role or replace its permissions; `admin` has every permission and cannot be changed. (scope `users:admin`; step-up) */
  "PUT /kms/roles/{name}": {
    path: {
      name: string;
    };
    body: {
      permissions: string[];
    };
    data: Schemas["kms.Role"];
  };
  /** Delete a role, which all who have it lose; built-in roles remain. (scope `users:admin`; step-up) */
  "DELETE /kms/roles/{name}": {
    path: {
      name: string;
    };
    data: undefined;
  };
  /** Replace the roles of a user. (scope `users:admin`; step-up) */
  "PUT /kms/users/{id}/roles": {
    path: {
      id: string;
    };
    body: {
      roles: string[];
    };
    data: Schemas["kms.User"];
  };
  /** List the applications that the caller has logged in to. */
  "GET /kms/me/applications": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.ConnectedApplication"][];
      next: string | null;
    };
  };
  /** Take back what the caller let an application do; every worker refuses its tokens within 5 seconds. */
  "DELETE /kms/me/applications/{clientId}": {
    path: {
      clientId: string;
    };
    data: undefined;
  };
  /** Register an application that people log in to with Fountain. (scope `users:admin`; step-up, once a factor is enrolled) */
  "POST /kms/clients": {
    body: {
      name: string;
      redirectUris: string[];
      postLogoutRedirectUris?: string[] | undefined;
      scopes?: string[] | undefined;
      trusted?: boolean | undefined;
      public?: boolean | undefined;
    };
    data: Schemas["kms.ClientWithSecret"];
  };
  /** List the clients. (scope `users:admin`) */
  "GET /kms/clients": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      search?: string | undefined;
    };
    data: {
      items: Schemas["kms.Client"][];
      next: string | null;
    };
  };
  /** Read a client. (scope `users:admin`) */
  "GET /kms/clients/{id}": {
    path: {
      id: string;
    };
    data: Schemas["kms.Client"];
  };
  /** Change a client, or replace its secret; what is not named stays as it is. (scope `users:admin`; step-up, once a factor is enrolled) */
  "PATCH /kms/clients/{id}": {
    path: {
      id: string;
    };
    body: Schemas["kms.ClientChange"];
    data: Schemas["kms.ClientWithSecret"];
  };
  /** Delete a client and all that people gave it; every worker refuses its tokens within 5 seconds. (scope `users:admin`; step-up) */
  "DELETE /kms/clients/{id}": {
    path: {
      id: string;
    };
    data: undefined;
  };
  /** Register a service. (scope `keys:write`; step-up, once a factor is enrolled) */
  "POST /kms/services": {
    body: {
      name: string;
      scopes: string[];
      rotateAfterDays?: number | undefined;
      webhookUrl?: string | undefined;
    };
    data: Schemas["kms.NewService"];
  };
  /** List the services by name. (scope `keys:read`) */
  "GET /kms/services": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      search?: string | undefined;
    };
    data: {
      items: Schemas["kms.Service"][];
      next: string | null;
    };
  };
  /** Read a service. (scope `keys:read`) */
  "GET /kms/services/{name}": {
    path: {
      name: string;
    };
    data: Schemas["kms.Service"];
  };
  /** Change what a service may do, or how old its keys may grow; what is left out stays. (scope `keys:write`; step-up) */
  "PATCH /kms/services/{name}": {
    path: {
      name: string;
    };
    body: {
      scopes?: string[] | undefined;
      rotateAfterDays?: number | null | undefined;
    };
    data: Schemas["kms.Service"];
  };
  /** Delete a service and all its keys; every worker refuses them within 5 seconds. (scope `keys:write`; step-up) */
  "DELETE /kms/services/{name}": {
    path: {
      name: string;
    };
    data: undefined;
  };
  /** Set the webhook that reports rotations and leaks to the owner (Standard Webhooks). (scope `keys:write`; step-up) */
  "PUT /kms/services/{name}/webhook": {
    path: {
      name: string;
    };
    body: {
      url: string;
    };
    data: Schemas["kms.Webhook"];
  };
  /** Remove the webhook; pending messages are discarded. (scope `keys:write`; step-up) */
  "DELETE /kms/services/{name}/webhook": {
    path: {
      name: string;
    };
    data: undefined;
  };
  /** Verify an API key and return its service and scopes. (scope `keys:read`) */
  "POST /kms/keys/verify": {
    body: {
      key: string;
      address?: string | undefined;
    };
    data: Schemas["kms.KeyVerdict"];
  };
  /** Report leaked keys: they are disabled immediately, and their owners are notified. (for anyone) */
  "POST /kms/keys/leaked": {
    body: {
      key: string;
      url?: string | undefined;
    } | {
      token: string;
      type?: string | undefined;
      url?: string | null | undefined;
      source?: string | null | undefined;
    }[];
    data: Schemas["kms.LeakReceipt"];
  };
  /** Disable a key until it is enabled again; every worker refuses it within 5 seconds. (scope `keys:write`; step-up, once a factor is enrolled) */
  "POST /kms/keys/{service}/{id}/disable": {
    path: {
      service: string;
      id: string;
    };
    data: Schemas["kms.DisabledKey"];
  };
  /** Enable a disabled key; a key that was disabled because it leaked stays disabled. (scope `keys:write`; step-up) */
  "POST /kms/keys/{service}/{id}/enable": {
    path: {
      service: string;
      id: string;
    };
    data: Schemas["kms.ApiKey"];
  };
  /** Set the networks a key can be used from; every worker applies them within 5 seconds. (scope `keys:write`; step-up) */
  "PUT /kms/keys/{service}/{id}/allowed-addresses": {
    path: {
      service: string;
      id: string;
    };
    body: {
      allowedAddresses: string[] | null;
    };
    data: Schemas["kms.ApiKey"];
  };
  /** Rotate the key of a service; 409 if it has several active keys. (scope `keys:write`; step-up) */
  "POST /kms/keys/{service}/rotate": {
    path: {
      service: string;
    };
    body?: {
      graceSeconds?: number | undefined;
    };
    data: Schemas["kms.CreatedApiKey"];
  };
  /** Rotate one key of a service. (scope `keys:write`; step-up) */
  "POST /kms/keys/{service}/{id}/rotate": {
    path: {
      service: string;
      id: string;
    };
    body?: {
      graceSeconds?: number | undefined;
      expiresAt?: string | undefined;
    };
    data: Schemas["kms.CreatedApiKey"];
  };
  /** List how many calls a service made, by hour, oldest first. (scope `keys:read`) */
  "GET /kms/keys/{service}/usage": {
    path: {
      service: string;
    };
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      from?: string | undefined;
      to?: string | undefined;
    };
    data: {
      items: Schemas["kms.HourOfUse"][];
      next: string | null;
    };
  };
  /** Create an API key of a service; only this response contains it. (scope `keys:write`; step-up, once a factor is enrolled) */
  "POST /kms/keys": {
    body: {
      service: string;
      name?: string | undefined;
      scopes?: string[] | undefined;
      expiresAt?: string | undefined;
      allowedAddresses?: string[] | undefined;
    };
    data: Schemas["kms.NewApiKey"];
  };
  /** List the API keys of one service or of all, oldest first. (scope `keys:read`) */
  "GET /kms/keys": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      service?: string | undefined;
      state?: "active" | "grace" | "disabled" | "revoked" | "expired" | undefined;
      disabledReason?: "operator" | "leaked" | undefined;
      expiresBefore?: string | undefined;
    };
    data: {
      items: Schemas["kms.ApiKey"][];
      next: string | null;
    };
  };
  /** List the API keys of a service, oldest first. (scope `keys:read`) */
  "GET /kms/keys/{service}": {
    path: {
      service: string;
    };
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.ApiKey"][];
      next: string | null;
    };
  };
  /** Revoke all keys of a service. (scope `keys:write`; step-up) */
  "DELETE /kms/keys/{service}": {
    path: {
      service: string;
    };
    data: undefined;
  };
  /** Read an API key's metadata. (scope `keys:read`) */
  "GET /kms/keys/{service}/{id}": {
    path: {
      service: string;
      id: string;
    };
    data: Schemas["kms.ApiKey"];
  };
  /** Revoke one key of a service. (scope `keys:write`; step-up) */
  "DELETE /kms/keys/{service}/{id}": {
    path: {
      service: string;
      id: string;
    };
    data: undefined;
  };
  /** List the revocations since a position, for a service that verifies tokens itself. (scope `tokens:verify`) */
  "GET /kms/revocations": {
    query?: {
      position?: number | undefined;
    };
    data: Schemas["kms.Revocations"];
  };
  /** List the signing keys, newest first. (scope `keys:read`) */
  "GET /kms/signing-keys": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.SigningKey"][];
      next: string | null;
    };
  };
  /** Rotate the signing key: the next key signs once it has been published for two minutes; earlier tokens stay valid. (scope `keys:write`; step-up) */
  "POST /kms/signing-keys/rotate": {
    query?: {
      purpose?: "access-token" | "id-token" | undefined;
    };
    data: Schemas["kms.SigningKey"];
  };
  /** Revoke a signing key in an emergency; every worker refuses its tokens within 5 seconds. (scope `keys:write`; step-up) */
  "POST /kms/signing-keys/{kid}/revoke": {
    path: {
      kid: string;
    };
    data: Schemas["kms.SigningKey"];
  };
  /** List the versions of a secret that are kept, the latest first, without values. (scope `secrets:read`) */
  "GET /kms/secret-versions/{path}": {
    path: {
      path: string;
    };
    data: Schemas["kms.SecretHistory"];
  };
  /** Restore deleted versions of a secret. (scope `secrets:write`; step-up, once a factor is enrolled) */
  "POST /kms/secrets/{path}/undelete": {
    path: {
      path: string;
    };
    body: {
      versions: number[];
    };
    data: Schemas["kms.SecretVersions"];
  };
  /** Destroy versions of a secret permanently, with their encryption keys. (scope `secrets:write`; step-up) */
  "POST /kms/secrets/{path}/destroy": {
    path: {
      path: string;
    };
    body: {
      versions: number[];
    };
    data: Schemas["kms.SecretVersions"];
  };
  /** Wrap a value or a stored secret in a single-use token. (scope `secrets:write`; step-up, once a factor is enrolled) */
  "POST /kms/secrets/wrap": {
    body: {
      value: string;
      ttlSeconds?: number | undefined;
    } | {
      path: string;
      version?: number | undefined;
      ttlSeconds?: number | undefined;
    };
    data: Schemas["kms.WrappingToken"];
  };
  /** Exchange a wrapping token for its value, once. */
  "POST /kms/secrets/unwrap": {
    body: {
      token: string;
    };
    data: Schemas["kms.UnwrappedSecret"];
  };
  /** List the paths of readable secrets that start with `prefix`, without values. (scope `secrets:read`) */
  "GET /kms/secrets": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      prefix?: string | undefined;
    };
    data: {
      items: Schemas["kms.SecretName"][];
      next: string | null;
    };
  };
  /** Store a new version of a secret; with `cas`, only if that is the current version (0: none exists). (scope `secrets:write`; step-up, once a factor is enrolled) */
  "PUT /kms/secrets/{path}": {
    path: {
      path: string;
    };
    body: {
      value: string;
      cas?: number | undefined;
    };
    data: Schemas["kms.SecretVersion"];
  };
  /** Read the latest or a given version of a secret. (scope `secrets:read`; step-up, once a factor is enrolled) */
  "GET /kms/secrets/{path}": {
    path: {
      path: string;
    };
    query?: {
      version?: number | undefined;
    };
    data: Schemas["kms.Secret"];
  };
  /** Delete the latest version of a secret; it can be restored. (scope `secrets:write`; step-up, once a factor is enrolled) */
  "DELETE /kms/secrets/{path}": {
    path: {
      path: string;
    };
    data: undefined;
  };
  /** List the transit keys that the caller's scopes cover, by name, without key material. (scope `transit:use`) */
  "GET /kms/transit": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.TransitKey"][];
      next: string | null;
    };
  };
  /** Create a transit key; encrypting with a new name also creates one. (scope `transit:use`; step-up, once a factor is enrolled) */
  "POST /kms/transit": {
    body: {
      name: string;
    };
    data: Schemas["kms.NewTransitKey"];
  };
  /** Read a transit key and its versions. (scope `transit:use`) */
  "GET /kms/transit/{key}": {
    path: {
      key: string;
    };
    data: Schemas["kms.TransitKey"];
  };
  /** Set the oldest version that still decrypts. (scope `keys:write`; step-up) */
  "PUT /kms/transit/{key}": {
    path: {
      key: string;
    };
    body: {
      minDecryptionVersion: number;
    };
    data: Schemas["kms.TransitKey"];
  };
  /** Delete a transit key for good: what was encrypted with it can never be decrypted again. (scope `keys:write`; step-up) */
  "DELETE /kms/transit/{key}": {
    path: {
      key: string;
    };
    data: undefined;
  };
  /** Rotate a transit key: adds a version, which encrypts from now on. (scope `transit:use`; step-up) */
  "POST /kms/transit/{key}/rotate": {
    path: {
      key: string;
    };
    data: Schemas["kms.TransitKey"];
  };
  /** Encrypt with the latest version of a key; creates the key if none has this name. (scope `transit:use`; step-up, once a factor is enrolled) */
  "POST /kms/transit/{key}/encrypt": {
    path: {
      key: string;
    };
    body: {
      plaintext: string;
      context?: string | undefined;
    };
    data: Schemas["kms.NewTransitCiphertext"];
  };
  /** Decrypt a ciphertext of this key and context. (scope `transit:use`) */
  "POST /kms/transit/{key}/decrypt": {
    path: {
      key: string;
    };
    body: {
      ciphertext: string;
      context?: string | undefined;
    };
    data: Schemas["kms.TransitPlaintext"];
  };
  /** Re-encrypt a ciphertext with the latest version, without revealing the plaintext. (scope `transit:use`) */
  "POST /kms/transit/{key}/rewrap": {
    path: {
      key: string;
    };
    body: {
      ciphertext: string;
      context?: string | undefined;
    };
    data: Schemas["kms.TransitCiphertext"];
  };
  /** Get the progress of the last root key rotation. (scope `keys:read`) */
  "GET /kms/root-key": {
    data: Schemas["kms.RootKey"];
  };
  /** Rotate the root key: creates a key-encryption key and rewraps all data keys; a long rotation continues in the background. (scope `keys:write`; step-up) */
  "POST /kms/root-key/rotate": {
    data: Schemas["kms.RootKey"];
  };
  /** List audit entries, newest first; with `Accept: application/x-ndjson`, export all of them, oldest first. (scope `audit:read`) */
  "GET /kms/audit": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      actor?: string | undefined;
      actingService?: string | undefined;
      action?: string | undefined;
      outcome?: "success" | "failure" | "refused" | undefined;
      target?: string | undefined;
      requestId?: string | undefined;
      from?: string | undefined;
      to?: string | undefined;
    };
    data: {
      items: Schemas["kms.AuditEntry"][];
      next: string | null;
    };
  };
  /** Verify the audit chain: finds an entry that was modified, removed, inserted or moved. (scope `audit:read`) */
  "GET /kms/audit/verify": {
    query?: {
      from?: number | undefined;
    };
    data: Schemas["kms.AuditVerdict"];
  };
  /** List the signed checkpoints of the chain, oldest first; keep copies elsewhere. (scope `audit:read`) */
  "GET /kms/audit/checkpoints": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["kms.AuditCheckpoint"][];
      next: string | null;
    };
  };
  /** List your second factors, oldest first. */
  "GET /twofa/factors": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["twofa.Factor"][];
      next: string | null;
    };
  };
  /** Read one of your second factors. */
  "GET /twofa/factors/{id}": {
    path: {
      id: string;
    };
    data: Schemas["twofa.Factor"];
  };
  /** Remove one of your factors; removing the last one also deletes the recovery codes. (step-up) */
  "DELETE /twofa/factors/{id}": {
    path: {
      id: string;
    };
    data: undefined;
  };
  /** List the second factors of a user, oldest first; of no user there are none. (scope `users:admin`) */
  "GET /twofa/users/{id}/factors": {
    path: {
      id: string;
    };
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["twofa.Factor"][];
      next: string | null;
    };
  };
  /** Remove all second factors and recovery codes of a user, and end their sessions; the user is notified by mail. (scope `users:admin`; step-up) */
  "DELETE /twofa/users/{id}/factors": {
    path: {
      id: string;
    };
    data: undefined;
  };
  /** Enrol an authenticator app; it is not active until you confirm one of its codes. (step-up, once a factor is enrolled) */
  "POST /twofa/factors/totp": {
    body?: {
      name?: string | undefined;
    };
    data: {
      factorId: string;
      secret: string;
      uri: string;
      qrSvg: string;
    };
  };
  /** Activate an enrolled authenticator app with one of its codes. (step-up, once a factor is enrolled) */
  "POST /twofa/factors/totp/confirm": {
    body: {
      factorId: string;
      code: string;
    };
    data: Schemas["twofa.ConfirmedFactor"];
  };
  /** Enrol an email address; it is not active until you confirm the code sent to it. (step-up, once a factor is enrolled) */
  "POST /twofa/factors/email": {
    body: {
      address: string;
      name?: string | undefined;
    };
    data: {
      factorId: string;
      channel: "email" | "sms";
      destination: string;
      expiresAt: string;
    };
  };
  /** Enrol a phone; it is not active until you confirm the code sent to it. (step-up, once a factor is enrolled) */
  "POST /twofa/factors/sms": {
    body: {
      phone: string;
      name?: string | undefined;
    };
    data: {
      factorId: string;
      channel: "email" | "sms";
      destination: string;
      expiresAt: string;
    };
  };
  /** Activate an enrolled email address or phone with the code sent to it. (step-up, once a factor is enrolled) */
  "POST /twofa/factors/{id}/confirm": {
    path: {
      id: string;
    };
    body: {
      code: string;
    };
    data: Schemas["twofa.ConfirmedFactor"];
  };
  /** Start enrolling a passkey or security key: returns the WebAuthn options; the factor is not active until confirmed. (step-up, once a factor is enrolled) */
  "POST /twofa/factors/webauthn/options": {
    body?: {
      name?: string | undefined;
    };
    data: Schemas["twofa.CreationOptions"];
  };
  /** Activate an enrolled passkey with the result of navigator.credentials.create(). (step-up, once a factor is enrolled) */
  "POST /twofa/factors/webauthn": {
    body: {
      response: {
        id: string;
        rawId: string;
        type: "public-key";
        response: {
          clientDataJSON: string;
          attestationObject: string;
          transports?: string[] | null | undefined;
        };
      };
      challengeId?: string | undefined;
      name?: string | undefined;
    } | {
      id: string;
      rawId: string;
      type: "public-key";
      response: {
        clientDataJSON: string;
        attestationObject: string;
        transports?: string[] | null | undefined;
      };
    };
    data: Schemas["twofa.ConfirmedFactor"];
  };
  /** Create ten new recovery codes, which invalidates the old ones. (step-up) */
  "POST /twofa/recovery-codes": {
    data: {
      recoveryCodes: string[];
    };
  };
  /** Send a code to one of your factors, or create a passkey challenge; POST /auth/verify accepts the response. */
  "POST /twofa/auth/generate": {
    body: {
      channel: "email" | "sms" | "webauthn";
      factorId?: string | undefined;
      purpose?: Schemas["twofa.Purpose"] | undefined;
    };
    data: {
      challenge: string;
      timeout: number;
      rpId: string;
      allowCredentials: {
        id: string;
        type: "public-key";
        transports: string[];
      }[];
      userVerification: "required" | "preferred";
      challengeId: string;
      expiresAt: string;
    } | {
      challengeId: string;
      channel: "email" | "sms";
      destination: string;
      expiresAt: string;
    };
  };
  /** Verify a second factor: raises the session to aal2, or confirms one request. */
  "POST /twofa/auth/verify": {
    body: {
      code?: string | undefined;
      challengeId?: string | undefined;
      response?: {
        id: string;
        rawId: string;
        type: "public-key";
        response: {
          clientDataJSON: string;
          authenticatorData: string;
          signature: string;
          userHandle?: string | null | undefined;
        };
      } | undefined;
      recoveryCode?: string | undefined;
      purpose?: Schemas["twofa.Purpose"] | undefined;
    };
    data: {
      access_token: string;
      token_type: "Bearer" | "DPoP";
      expires_in: number;
      authorization_details?: [{
        type: "fountain_request";
        actions: [string];
        locations: [string];
        bodySha256?: string | undefined;
      }] | undefined;
    };
  };
  /** Get the module with this worker's panels of the console. (for anyone) */
  "GET /search/panel.js": {
    data: string;
  };
  /** Create, update or delete documents. (scope `search:write`) */
  "POST /search/documents/sync": {
    body: Schemas["search.SyncOperation"] | Schemas["search.SyncOperation"][];
    data: Schemas["search.SyncResults"];
  };
  /** Search the documents. (scope `search:read`) */
  "POST /search/search": {
    body: Schemas["search.SearchQuery"];
    data: Schemas["search.SearchAnswer"];
  };
  /** Search, compatible with Typesense clients. (scope `search:read`) */
  "GET /search/collections/{name}/documents/search": {
    path: {
      name: string;
    };
    query?: {
      q?: string | undefined;
      query_by?: string | undefined;
      filter_by?: string | undefined;
      sort_by?: string | undefined;
      facet_by?: string | undefined;
      page?: string | undefined;
      per_page?: string | undefined;
    };
    data: {
      found: number;
      out_of?: number | undefined;
      hits?: {
        document: {
          id?: string | undefined;
          [name: string]: unknown;
        };
        [name: string]: unknown;
      }[] | undefined;
      facet_counts: {
        field_name: string;
        [name: string]: unknown;
      }[];
      request_params: {
        collection_name: string;
        first_q: string;
        per_page: number;
        q: string;
      };
      search_cutoff: boolean;
      search_time_ms?: number | undefined;
      [name: string]: unknown;
    };
  };
  /** Run several searches, compatible with Typesense clients. (scope `search:read`) */
  "POST /search/multi_search": {
    body: {
      searches: {
        collection: string;
        q?: string | undefined;
        [name: string]: unknown;
      }[];
      [name: string]: unknown;
    };
    data: {
      results: ({
        found: number;
        out_of?: number | undefined;
        hits?: {
          document: {
            id?: string | undefined;
            [name: string]: unknown;
          };
          [name: string]: unknown;
        }[] | undefined;
        facet_counts: {
          field_name: string;
          [name: string]: unknown;
        }[];
        request_params: {
          collection_name: string;
          first_q: string;
          per_page: number;
          q: string;
        };
        search_cutoff: boolean;
        search_time_ms?: number | undefined;
        [name: string]: unknown;
      } | {
        code: number;
        error: string;
      })[];
    };
  };
  /** Check the search engine's health, compatible with Typesense clients. (scope `search:read`) */
  "GET /search/health": {
    data: {
      ok: boolean;
    };
  };
  /** Issue a scoped key for browsers. (scope `search:read`) */
  "POST /search/scoped-keys": {
    body: Schemas["search.ScopedKeyRequest"];
    data: Schemas["search.ScopedKey"];
  };
  /** Get the state of the search engine. (scope `search:read`) */
  "GET /search/status": {
    data: Schemas["search.SearchStatus"];
  };
  /** Rebuild the index without downtime. (scope `search:write`; step-up) */
  "POST /search/collections/{name}/reindex": {
    path: {
      name: string;
    };
    data: {
      jobId: string;
    };
  };
  /** Get the progress of a reindex job. (scope `search:write`) */
  "GET /search/collections/{name}/reindex/{jobId}": {
    path: {
      name: string;
      jobId: string;
    };
    data: Schemas["search.ReindexJob"];
  };
  /** List the synonyms of the collection by id. (scope `search:write`) */
  "GET /search/collections/{name}/synonyms": {
    path: {
      name: string;
    };
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: {
        [name: string]: unknown;
      }[];
      next: string | null;
    };
  };
  /** Read a synonym. (scope `search:write`) */
  "GET /search/collections/{name}/synonyms/{id}": {
    path: {
      name: string;
      id: string;
    };
    data: {
      [name: string]: unknown;
    };
  };
  /** Create or replace a synonym. (scope `search:write`; step-up) */
  "PUT /search/collections/{name}/synonyms/{id}": {
    path: {
      name: string;
      id: string;
    };
    body: Schemas["search.Synonym"];
    data: {
      [name: string]: unknown;
    };
  };
  /** Delete a synonym. (scope `search:write`; step-up) */
  "DELETE /search/collections/{name}/synonyms/{id}": {
    path: {
      name: string;
      id: string;
    };
    data: undefined;
  };
  /** List the curations of the collection by id. (scope `search:write`) */
  "GET /search/collections/{name}/curations": {
    path: {
      name: string;
    };
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: {
        [name: string]: unknown;
      }[];
      next: string | null;
    };
  };
  /** Read a curation. (scope `search:write`) */
  "GET /search/collections/{name}/curations/{id}": {
    path: {
      name: string;
      id: string;
    };
    data: {
      [name: string]: unknown;
    };
  };
  /** Create or replace a curation. (scope `search:write`; step-up) */
  "PUT /search/collections/{name}/curations/{id}": {
    path: {
      name: string;
      id: string;
    };
    body: Schemas["search.Curation"];
    data: {
      [name: string]: unknown;
    };
  };
  /** Delete a curation. (scope `search:write`; step-up) */
  "DELETE /search/collections/{name}/curations/{id}": {
    path: {
      name: string;
      id: string;
    };
    data: undefined;
  };
  /** Rotate the API key of the Typesense cluster. (scope `keys:write`; step-up) */
  "POST /search/credentials/rotate": {
    data: {
      keyId: number;
      previousKeyDeletedAfter: string | null;
    };
  };
  /** Get the module with this worker's panels of the console. (for anyone) */
  "GET /service-a/panel.js": {
    data: string;
  };
  /** Register an element and assign it the next sequence number. (scope `sequence:write`) */
  "POST /service-a/sequence": {
    body: {
      elementType: "script" | "section" | "character" | "action" | "spokenWord";
      elementId: number;
      comment: string;
      text?: string | undefined;
    };
    data: {
      elementType: "script" | "section" | "character" | "action" | "spokenWord";
      elementId: number;
      sequenceNumber: number;
      versionNumber: 1;
      comment: string;
    };
  };
  /** Reorder elements within the sequence numbers that they have. (scope `sequence:write`; step-up) */
  "POST /service-a/sequence/reorder": {
    body: {
      elementType: "script" | "section" | "character" | "action" | "spokenWord";
      elementIds: number[];
      newOrder: number[];
      comment?: string | undefined;
    };
    data: {
      reorderedElements: {
        elementId: number;
        oldSequenceNumber: number;
        newSequenceNumber: number;
      }[];
      comment: string;
    };
  };
  /** Create a new version of an element. (scope `sequence:write`) */
  "POST /service-a/sequence/version": {
    body: {
      elementType: "script" | "section" | "character" | "action" | "spokenWord";
      elementId: number;
      newVersionData: string | {
        text?: string | undefined;
        [name: string]: unknown;
      };
      comment: string;
    };
    data: {
      versionNumber: number;
      comment: string;
    };
  };
  /** List all versions of an element, oldest first. (scope `sequence:read`) */
  "GET /service-a/elements/{type}/{id}/versions": {
    path: {
      type: "script" | "section" | "character" | "action" | "spokenWord";
      id: number;
    };
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["service-a.Version"][];
      next: string | null;
    };
  };
  /** Read a version of an element, optionally compared with another. (scope `sequence:read`) */
  "GET /service-a/elements/{type}/{id}/versions/{n}": {
    path: {
      type: "script" | "section" | "character" | "action" | "spokenWord";
      id: number;
      n: number;
    };
    query?: {
      diff?: number | undefined;
    };
    data: Schemas["service-a.Version"] & {
      diff?: {
        from: number;
        to: number;
        changes: {
          kind: "unchanged" | "added" | "removed";
          lines: string[];
        }[];
      } | undefined;
    };
  };
  /** List elements in sequence, each in its latest version. (scope `sequence:read`) */
  "GET /service-a/elements": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
      elementType?: "script" | "section" | "character" | "action" | "spokenWord" | undefined;
      scriptId?: number | undefined;
    };
    data: {
      items: Schemas["service-a.Element"][];
      next: string | null;
    };
  };
  /** Read an element in its latest version. (scope `sequence:read`) */
  "GET /service-a/elements/{type}/{id}": {
    path: {
      type: "script" | "section" | "character" | "action" | "spokenWord";
      id: number;
    };
    data: Schemas["service-a.Element"];
  };
  /** Export a script as Fountain markup: sections in sequence, each element in its latest version. (scope `sequence:read`) */
  "GET /service-a/scripts/{id}.fountain": {
    path: {
      id: number;
    };
    data: string;
  };
  /** Import a screenplay in Fountain markup, all or nothing. (scope `sequence:write`) */
  "POST /service-a/scripts": {
    body: string;
    data: {
      scriptId: number;
      title: string;
      counts: {
        section: number;
        character: number;
        action: number;
        spokenWord: number;
      };
    };
  };
  /** List the imported scripts, oldest first. (scope `sequence:read`) */
  "GET /service-a/scripts": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["service-a.Script"][];
      next: string | null;
    };
  };
  /** Read an imported script. (scope `sequence:read`) */
  "GET /service-a/scripts/{id}": {
    path: {
      id: number;
    };
    data: Schemas["service-a.Script"];
  };
  /** List the changes that search refused permanently, oldest first. (scope `users:admin`) */
  "GET /service-a/outbox/dead-letters": {
    query?: {
      limit?: number | undefined;
      after?: string | undefined;
    };
    data: {
      items: Schemas["service-a.DeadLetter"][];
      next: string | null;
    };
  };
  /** Redeliver all dead letters. (scope `users:admin`; step-up) */
  "POST /service-a/outbox/dead-letters/redrive": {
    data: {
      redriven: number;
    };
  };
  /** Export all personal data of the caller, signed. */
  "GET /kms/me/export": {
    data: Schemas["kms.PersonalData"];
  };
  /** Get the WebAuthn options for a login with a passkey. (for anyone) */
  "POST /kms/login/passkey/options": {
    data: {
      challenge: string;
      timeout: number;
      rpId: string;
      allowCredentials: {
        id: string;
        type: "public-key";
        transports: string[];
      }[];
      userVerification: "required" | "preferred";
      challengeId: string;
      expiresAt: string;
    };
  };
  /** Log in with a passkey and user verification (PIN or biometrics); counts as two factors. (for anyone) */
  "POST /kms/login/passkey": {
    body: {
      challengeId: string;
      response: {
        id: string;
        rawId: string;
        type: "public-key";
        response: {
          clientDataJSON: string;
          authenticatorData: string;
          signature: string;
          userHandle?: string | null | undefined;
        };
      };
    };
    data: Schemas["kms.Tokens"];
  };
}

/** The codes of Fountain's problems. */
export type ProblemCode =
  | "malformed-request"
  | "unauthenticated"
  | "step-up-required"
  | "factor-required"
  | "code-refused"
  | "login-refused"
  | "forbidden"
  | "link-refused"
  | "not-found"
  | "method-not-allowed"
  | "request-timeout"
  | "conflict"
  | "channel-unavailable"
  | "not-supported"
  | "precondition-failed"
  | "too-large"
  | "unsupported-media-type"
  | "invalid-input"
  | "too-many-attempts"
  | "internal"
  | "delivery-failed"
  | "bad-gateway"
  | "unavailable"
  | "gateway-timeout"
  | "loop-detected";

/** The writes that take an `Idempotency-Key`. */
export const TAKING_A_KEY: ReadonlySet<string> = new Set([
  "POST /service-a/sequence",
  "POST /service-a/sequence/reorder",
  "POST /service-a/sequence/version",
  "POST /service-a/scripts",
  "POST /service-a/outbox/dead-letters/redrive",
]);
