import { Alert, Button, Card, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { type SyntheticEvent, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { finishSignIn, signIn, signInAtIssuer, signInWithToken, usesIssuer } from "./session";

export const SignInPage = () => {
  const [fault, setFault] = useState<string>();
  const [pasted, setPasted] = useState("");
  const [, go] = useLocation();
  const comesBack = usesIssuer && new URLSearchParams(location.search).has("state");

  useEffect(() => {
    if (comesBack) {
      finishSignIn().then(
        (address) => {
          go(address, { replace: true });
        },
        (error: unknown) => {
          setFault(error instanceof Error ? error.message : String(error));
        },
      );
    }
  }, [comesBack, go]);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (pasted.trim() !== "") {
      signInWithToken(pasted);
    }
  };

  return (
    <main className="sign-in">
      <Card withBorder shadow="sm" padding="xl" radius="md">
        <Stack>
          <Title order={1} size="h3">
            Device Twin
          </Title>
          {fault !== undefined && (
            <Alert color="red" title="You could not be signed in">
              {fault}
            </Alert>
          )}
          {usesIssuer ? (
            <>
              <Text>Your organization signs you in at {new URL(signIn.authority ?? "").host}.</Text>
              <Button loading={comesBack && fault === undefined} onClick={() => void signInAtIssuer()}>
                Sign in
              </Button>
            </>
          ) : (
            <form onSubmit={submit}>
              <Stack>
                <PasswordInput
                  label="Token"
                  description="It is kept in this tab alone, and forgotten with it."
                  autoComplete="off"
                  required
                  value={pasted}
                  onChange={(event) => {
                    setPasted(event.currentTarget.value);
                  }}
                />
                <Button type="submit">Sign in</Button>
              </Stack>
            </form>
          )}
        </Stack>
      </Card>
    </main>
  );
};
