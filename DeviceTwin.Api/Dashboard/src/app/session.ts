import type { User, UserManager } from "oidc-client-ts";

/** How people sign in, as the service wrote it into the page. */
export interface SignIn {
  provider: "Disabled" | "Token" | "Oidc";
  authority: string | null;
  client: string | null;
}

const tokenKey = "devicetwin.token";
const page = document.querySelector<HTMLMetaElement>('meta[name="devicetwin-sign-in"]')?.content;

/** While the page is developed nobody has filled it in, and nobody is asked. */
export const signIn: SignIn =
  page === undefined || page.startsWith("{sign")
    ? { provider: "Disabled", authority: null, client: null }
    : (JSON.parse(page) as SignIn);

export const usesIssuer = signIn.provider === "Oidc" && signIn.client !== null;

// A token lives as long as its tab, and is never part of an address.
let token = sessionStorage.getItem(tokenKey);
let manager: Promise<UserManager> | undefined;
let session = 0;
const listeners = new Set<() => void>();

/** The caller's token; null where there is none. */
export const currentToken = () => token;

/** Another number for each time that somebody signs in. A token that was renewed is the same session. */
export const currentSession = () => session;

export const isSignedIn = () => signIn.provider === "Disabled" || token !== null;

export const subscribeToSession = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const keep = (next: string | null) => {
  session += token === null && next !== null ? 1 : 0;
  token = next;
  if (next === null) {
    sessionStorage.removeItem(tokenKey);
  } else {
    sessionStorage.setItem(tokenKey, next);
  }
  listeners.forEach((listener) => {
    listener();
  });
};

export const signInWithToken = (pasted: string) => {
  keep(pasted.trim());
};

// Loaded only where an issuer is asked.
const openManager = () =>
  (manager ??= import("oidc-client-ts").then(({ UserManager: Manager, WebStorageStateStore }) => {
    const created = new Manager({
      authority: signIn.authority ?? "",
      client_id: signIn.client ?? "",
      redirect_uri: `${location.origin}/sign-in`,
      post_logout_redirect_uri: `${location.origin}/`,
      scope: "openid profile",
      userStore: new WebStorageStateStore({ store: sessionStorage }),
    });
    created.events.addUserLoaded((user: User) => {
      keep(user.access_token);
    });
    created.events.addAccessTokenExpired(() => {
      keep(null);
    });
    return created;
  }));

export const signInAtIssuer = async () => {
  await (await openManager()).signinRedirect({ state: location.pathname + location.search });
};

/** Takes over what the issuer sent back; gives the address to go on at. */
export const finishSignIn = async (): Promise<string> => {
  const user = await (await openManager()).signinRedirectCallback();
  keep(user.access_token);
  return typeof user.state === "string" && user.state !== "/sign-in" ? user.state : "/";
};

export const signOut = async () => {
  if (usesIssuer) {
    await (await openManager()).removeUser();
  }
  keep(null);
};

/** The service did not take the token. */
export const forgetToken = () => {
  if (token !== null) {
    keep(null);
  }
};

// A page that is loaded anew goes on renewing its token.
if (usesIssuer && token !== null) {
  void openManager().then((opened) => opened.getUser());
}
