/** The overview: how everything is, what needs attention, and what to do first. */
import type { JSX } from "preact";
import { call, Loading, useLoaded, useMay, useRefresh, View } from "#console";
import { Attention } from "./attention.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { Health, readReadiness } from "./parts.tsx";
import { Origin, Tiles } from "./tiles.tsx";

const REFRESH_SECONDS = 10;

const LastHour = (): JSX.Element => {
  const overview = useLoaded(async (signal) => (await call("GET /gateway/overview", { signal })).data);
  useRefresh(REFRESH_SECONDS, overview);
  return (
    <>
      <div class="columns">
        <Attention />
        <Loading of={overview} isThere={overview.value !== undefined}>
          {overview.value && <Health parts={overview.value.parts} />}
        </Loading>
      </div>
      {overview.value && (
        <section aria-label="The last hour">
          <Tiles numbers={overview.value} />
          <Origin numbers={overview.value} />
        </section>
      )}
    </>
  );
};

const WithoutNumbers = (): JSX.Element => {
  const readiness = useLoaded(readReadiness);
  useRefresh(REFRESH_SECONDS, readiness);
  return (
    <div class="columns">
      <Attention />
      <Loading of={readiness} isThere={readiness.value !== undefined}>
        {readiness.value && <Health {...readiness.value} />}
      </Loading>
    </div>
  );
};

export const Overview = (): JSX.Element => {
  const may = useMay();
  return (
    <View title="Overview" lead="How Fountain is and has been in the last hour, and what it wants from you.">
      <FirstSteps />
      {may("gateway:read") ? <LastHour /> : <WithoutNumbers />}
    </View>
  );
};
