import { MantineProvider } from "@mantine/core";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Provider } from "urql";
import { openClient } from "./client";
import { Signed } from "./Signed";
import { currentSession, isSignedIn, subscribeToSession } from "./session";
import { SignInPage } from "./SignInPage";
import { nonce, theme } from "./theme";

const Session = () => {
  const [client] = useState(openClient);
  useEffect(() => client.close, [client]);
  return (
    <Provider value={client.queries}>
      <Signed />
    </Provider>
  );
};

export const App = () => {
  const session = useSyncExternalStore(subscribeToSession, currentSession);
  const signed = useSyncExternalStore(subscribeToSession, isSignedIn);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      {signed ? <Session key={session} /> : <SignInPage />}
    </MantineProvider>
  );
};
