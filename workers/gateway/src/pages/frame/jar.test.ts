import { expect, test } from "vitest";
import { openJar } from "./jar.ts";

const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";

test("cookies of other names and with other characters are none of ours", () => {
  const { session, language } = openJar(
    'a=1; __host-fountain=x; __Host-fountain="quoted"; __Host-fountain-language=de',
  );
  expect([session, language]).toEqual([undefined, "de"]);
  expect(openJar(`__Host-fountain=${"x".repeat(65)}`).session).toBeUndefined();
  expect(openJar(null).session).toBeUndefined();
});

test("forms before a login have a secret of their own, which is kept, and those after it the session's", () => {
  const jar = openJar(null);
  const secret = jar.formSecret();
  expect(jar.formSecret()).toBe(secret);
  expect(jar.sentSecret).toBeUndefined();
  expect(jar.changes).toEqual([`__Host-fountain-form=${secret}; ${ATTRIBUTES}`]);
  const again = openJar(`__Host-fountain-form=${secret}`);
  expect([again.sentSecret, again.formSecret(), again.changes]).toEqual([secret, secret, []]);
  const inside = openJar(`__Host-fountain-form=${secret}; __Host-fountain=ftb_1`);
  expect([inside.sentSecret, inside.formSecret(), inside.changes]).toEqual(["ftb_1", "ftb_1", []]);
});

test("a session is kept and ended by cookies that no script and no other host sees", () => {
  const jar = openJar("__Host-fountain=ftb_1");
  jar.keepSession("ftb_2");
  expect([jar.session, jar.sentSecret]).toEqual(["ftb_2", "ftb_1"]);
  expect(jar.changes).toEqual([`__Host-fountain=ftb_2; ${ATTRIBUTES}; Max-Age=7776000`]);
  jar.endSession();
  expect(jar.session).toBeUndefined();
  expect(jar.changes).toEqual([`__Host-fountain=; ${ATTRIBUTES}; Max-Age=0`]);
});
