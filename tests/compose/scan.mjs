/** Runs in a container: prints which of its arguments, `host:port` or `host:from-to`, accept a TCP connection. */
import { connect } from "node:net";

const AT_ONCE = 500;
const TIMEOUT_MS = 2_000;

const targets = process.argv.slice(2).flatMap((argument) => {
  const [host, ports] = argument.split(":");
  const [from, to = from] = ports.split("-").map(Number);
  return Array.from({ length: to - from + 1 }, (_, index) => ({ host, port: from + index }));
});

const isOpen = ({ host, port }) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    const settle = (open) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", settle(true)).on("error", settle(false)).on("timeout", settle(false));
  });

const open = [];
for (let start = 0; start < targets.length; start += AT_ONCE) {
  const batch = targets.slice(start, start + AT_ONCE);
  const answers = await Promise.all(batch.map(isOpen));
  open.push(...batch.filter((_, index) => answers[index]).map(({ host, port }) => `${host}:${port}`));
}
console.log(JSON.stringify(open));
