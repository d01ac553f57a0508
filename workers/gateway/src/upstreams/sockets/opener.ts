/** The worker of a self-hosted Fountain that opens WebSockets at upstreams, as the gateway and the runtime know it. */

/** The name of its service, in the wrangler file of the gateway, too. */
export const SOCKETS_SERVICE = "sockets";

/** The entrypoint of the gateway that is notified when one of its requests has ended. */
export const SOCKET_ENDS = "SocketEnds";

/** The header field by which the gateway knows such a request again. No upstream receives it, and from no caller is it taken. */
export const SOCKET_FIELD = "x-fountain-socket";
