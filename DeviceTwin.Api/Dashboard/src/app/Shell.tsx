import {
  ActionIcon,
  Anchor,
  Badge,
  Burger,
  Button,
  Group,
  NativeSelect,
  Text,
  Tooltip,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useSyncExternalStore } from "react";
import { Link, useRoute } from "wouter";
import { FleetContext, useWatchedFleet } from "../fleet/useFleet";
import icon from "../icon.svg";
import { isUtcShown, showUtc, shownTime, subscribeToZone } from "../shared/time";
import { useConnection } from "./connection";
import { useAddress, usePlace } from "./organization";
import { signIn, signOut } from "./session";

const pages = [
  { path: "/", label: "Fleet" },
  { path: "/devices", label: "Devices" },
  { path: "/groups", label: "Groups" },
  { path: "/models", label: "Models" },
  { path: "/jobs", label: "Jobs" },
  { path: "/set-aside", label: "Set aside" },
];

const NavigationLink = ({ path, label }: { path: string; label: string }) => {
  const [isHere] = useRoute(path === "/" ? path : `${path}/*?`);
  const address = useAddress();
  return (
    <Link href={address(path)} className="navigation-link" aria-current={isHere ? "page" : undefined}>
      {label}
    </Link>
  );
};

const ConnectionBadge = () => {
  const { isLive, lostAt } = useConnection();
  return (
    <div role="status">
      {isLive ? (
        <Badge variant="dot" color="teal" fz={13} className="status">
          Live
        </Badge>
      ) : lostAt === null ? (
        <Badge variant="dot" color="gray" fz={13} className="status">
          Connecting
        </Badge>
      ) : (
        <Badge color="orange" variant="filled" autoContrast>
          Reconnecting, as of {shownTime(lostAt.toISOString())}
        </Badge>
      )}
    </div>
  );
};

export const Shell = ({ children }: { children: ReactNode }) => {
  const { organizationId, organizations, choose, callerName, role } = usePlace();
  const { toggleColorScheme } = useMantineColorScheme();
  const watched = useWatchedFleet();
  const isUtc = useSyncExternalStore(subscribeToZone, isUtcShown);
  const [isOpen, { toggle }] = useDisclosure(false);
  return (
    <>
      <a href="#content" className="skip">
        Skip to the content
      </a>
      <header className="header">
        <Group gap="sm" wrap="nowrap">
          <Burger className="only-narrow" opened={isOpen} onClick={toggle} size="sm" aria-label="Menu" />
          <img src={icon} alt="" width={24} height={24} />
          <Text fw={700} component="span" className="only-wide">
            Device Twin
          </Text>
        </Group>
        <nav
          aria-label="Pages"
          className={isOpen ? "navigation open" : "navigation"}
          onClick={isOpen ? toggle : undefined}
        >
          {pages.map((page) => (
            <NavigationLink key={page.path} {...page} />
          ))}
          <Anchor href="/graphql" className="navigation-link">
            API
          </Anchor>
        </nav>
        <Group gap="xs" wrap="nowrap" ml="auto">
          {watched.fleet !== undefined && (
            <Text size="sm" className="quiet only-wide">
              {watched.fleet.online.toLocaleString()} of {watched.fleet.total.toLocaleString()} online
            </Text>
          )}
          <ConnectionBadge />
          {organizations.length > 1 ? (
            <NativeSelect
              aria-label="Organization"
              size="xs"
              data={[...organizations]}
              value={organizationId}
              onChange={(event) => {
                choose(event.currentTarget.value);
              }}
            />
          ) : (
            <Text size="sm" className="only-wide">
              {organizationId}
            </Text>
          )}
          <Tooltip label={isUtc ? "Times in your zone" : "Times in UTC"}>
            <Button
              size="compact-xs"
              variant={isUtc ? "light" : "subtle"}
              color={isUtc ? undefined : "gray"}
              className={isUtc ? undefined : "quiet"}
              aria-pressed={isUtc}
              onClick={() => {
                showUtc(!isUtc);
              }}
            >
              UTC
            </Button>
          </Tooltip>
          <Tooltip label="Light or dark">
            <ActionIcon variant="subtle" color="gray" aria-label="Light or dark" onClick={toggleColorScheme}>
              ◐
            </ActionIcon>
          </Tooltip>
          {signIn.provider !== "Disabled" && (
            <Button
              size="compact-xs"
              variant="subtle"
              title={`${callerName}, ${role.toLowerCase()}`}
              onClick={() => void signOut()}
            >
              Sign out
            </Button>
          )}
        </Group>
      </header>
      <main id="content" className="content">
        <FleetContext value={watched}>{children}</FleetContext>
      </main>
    </>
  );
};
