import { MantineProvider } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { Provider } from "urql";
import { client } from "./client";
import { Signed } from "./Signed";
import { isSignedIn, subscribeToSession } from "./session";
import { SignInPage } from "./SignInPage";
import { nonce, theme } from "./theme";

export const App = () => {
  const signed = useSyncExternalStore(subscribeToSession, isSignedIn);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      {signed ? (
        <Provider value={client}>
          <Signed />
        </Provider>
      ) : (
        <SignInPage />
      )}
    </MantineProvider>
  );
};
