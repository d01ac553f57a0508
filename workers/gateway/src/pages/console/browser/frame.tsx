/** The frame of the console: the navigation, and the panel that the address names. */
import { Component, type ComponentChildren, type JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  addressOf,
  call,
  Empty,
  Failure,
  GROUPS,
  Link,
  Notices,
  navigate,
  type Panel,
  PanelsContext,
  type Profile,
  ProfileContext,
  pageData,
  useLoaded,
  useLocation,
} from "#console";
import { type LoadedPanels, loadPanels } from "./panels.ts";
import { StepUpDialog } from "./step-up.tsx";

/** The form's token may have changed since this was rendered. */
const putToken = ({ currentTarget }: { currentTarget: HTMLFormElement }): void => {
  const token = currentTarget.elements.namedItem("form");
  if (token instanceof HTMLInputElement) token.value = pageData.form;
};

const SignOut = (): JSX.Element => (
  <form method="post" action="/account/logout" onSubmit={putToken}>
    <input type="hidden" name="form" />
    <button type="submit" class="quiet">
      Log out
    </button>
  </form>
);

const Navigation = ({ panels, current }: { panels: readonly Panel[]; current: string | undefined }): JSX.Element => (
  <nav class="side" aria-label="Console">
    {GROUPS.map((group) => {
      const own = panels.filter((panel) => panel.group === group);
      return (
        own.length > 0 && (
          <div>
            <h2>{group}</h2>
            <ul>
              {own.map(({ id, title }) => (
                <li>
                  <Link to={addressOf(id)} current={id === current}>
                    {title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )
      );
    })}
  </nav>
);

/** Shows what a panel throws while it is rendered, and leaves the rest of the console as it is. */
class Guard extends Component<{ children: ComponentChildren }, { error?: unknown }> {
  override componentDidCatch(error: unknown): void {
    this.setState({ error });
  }

  override render(): ComponentChildren {
    return this.state.error === undefined ? this.props.children : <Failure error={this.state.error} />;
  }
}

const NoPanels = ({ profile }: { profile: Profile }): JSX.Element => (
  <Empty>
    <h1>Nothing to look after here</h1>
    <p>
      {profile.username} has {profile.roles.length === 0 ? "no role" : `the role ${profile.roles.join(", ")}`}, which
      opens no part of the console. Your own account is under <a href="/account">your account</a>.
    </p>
  </Empty>
);

const Workspace = ({ profile, loaded }: { profile: Profile; loaded: LoadedPanels }): JSX.Element => {
  const { path } = useLocation();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { panels: all, missing } = loaded;
  const panels = all.filter(({ needs }) => needs.length === 0 || needs.some((scope) => profile.scopes.includes(scope)));
  const [id, ...rest] = path;
  const panel = panels.find((one) => one.id === id);
  const [first] = panels;

  useEffect(() => {
    if (id === undefined && first) navigate(addressOf(first.id), { replace: true });
  }, [id, first]);
  // Who goes to another panel by the keyboard begins at its top.
  const isFirst = useRef(true);
  useEffect(() => {
    setMenuOpen(false);
    if (!isFirst.current) main.current?.focus();
    isFirst.current = id === undefined;
  }, [path.join("/")]);

  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <button type="button" class="quiet menu" aria-expanded={isMenuOpen} onClick={() => setMenuOpen(!isMenuOpen)}>
          Menu
        </button>
        <Link class="brand" to={addressOf()}>
          {pageData.name}
        </Link>
        <a href="/docs">API</a>
        <a href="/account">{profile.username}</a>
        <SignOut />
      </header>
      <div class={isMenuOpen ? "frame open" : "frame"}>
        <Navigation panels={panels} current={id} />
        <main id="main" ref={main} tabIndex={-1}>
          {missing.length > 0 && (
            <p class="failure" role="alert">
              Not every part of the console could be loaded: {missing.join(", ")}. Reload the page to try again.
            </p>
          )}
          {panel && (
            <PanelsContext.Provider value={new Set(panels.map((one) => one.id))}>
              <Guard key={panel.id}>
                <panel.View rest={rest} />
              </Guard>
            </PanelsContext.Provider>
          )}
          {!panel && panels.length === 0 && <NoPanels profile={profile} />}
          {!panel && id !== undefined && panels.length > 0 && (
            <Empty>
              <h1>There is no such page</h1>
              <p>It may have moved, or your roles do not open it. Choose another one in the navigation.</p>
            </Empty>
          )}
        </main>
      </div>
    </>
  );
};

export const Console = (): JSX.Element => {
  const start = useLoaded(async () => {
    const [{ data: profile }, loaded] = await Promise.all([call("GET /kms/me"), loadPanels()]);
    return { profile, loaded };
  });
  return (
    <>
      {start.value ? (
        <ProfileContext.Provider value={start.value.profile}>
          <Workspace {...start.value} />
        </ProfileContext.Provider>
      ) : (
        <main class="start">
          <Failure error={start.error} />
          {start.isLoading ? <p class="meta">Loading …</p> : <a href={location.href}>Try again</a>}
        </main>
      )}
      <StepUpDialog />
      <Notices />
    </>
  );
};
