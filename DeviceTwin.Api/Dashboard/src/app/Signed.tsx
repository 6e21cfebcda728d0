import { useCallback, useEffect, useMemo } from "react";
import { Redirect, Route, Switch, useSearchParams } from "wouter";
import { useQuery } from "urql";
import { graphql } from "../generated";
import { DevicePage } from "../device/DevicePage";
import { DevicesPage } from "../devices/DevicesPage";
import { FleetPage } from "../fleet/FleetPage";
import { GroupPage } from "../groups/GroupPage";
import { GroupsPage } from "../groups/GroupsPage";
import { JobPage } from "../jobs/JobPage";
import { JobsPage } from "../jobs/JobsPage";
import { ModelPage } from "../models/ModelPage";
import { ModelsPage } from "../models/ModelsPage";
import { SetAsidePage } from "../setAside/SetAsidePage";
import { Empty, Failed, Loading } from "../shared/States";
import { type Place, PlaceContext } from "./organization";
import { Shell } from "./Shell";

const CallerQuery = graphql(`
  query Caller {
    caller {
      name
      role
    }
    organizations {
      id
    }
  }
`);

// Until the first device is there; then changes are told.
const lookEvery = 3000;
const lastKey = "devicetwin.organization";

/** The dashboard of somebody who is known: finds their organizations, and shows one. */
export const Signed = () => {
  const [{ data, error, fetching }, ask] = useQuery({ query: CallerQuery });
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("in");

  const place = useMemo<Place | null>(() => {
    const organizations = data?.organizations.map((organization) => organization.id) ?? [];
    const organizationId =
      [wanted, localStorage.getItem(lastKey)].find((id) => id !== null && organizations.includes(id)) ??
      organizations[0];
    return data === undefined || organizationId === undefined
      ? null
      : {
          organizationId,
          organizations,
          role: data.caller.role,
          callerName: data.caller.name,
          choose: (id) => {
            localStorage.setItem(lastKey, id);
            setSearch({ in: id });
          },
        };
  }, [data, wanted, setSearch]);

  const again = useCallback(() => {
    ask({ requestPolicy: "network-only" });
  }, [ask]);
  const isEmpty = data?.organizations.length === 0;
  useEffect(() => {
    if (isEmpty) {
      const timer = setInterval(again, lookEvery);
      return () => {
        clearInterval(timer);
      };
    }
    return undefined;
  }, [isEmpty, again]);

  if (place === null) {
    if (fetching && data === undefined) {
      return <Loading what="Device Twin" />;
    }
    return error === undefined ? (
      <Empty title="There is nothing to see yet" again={again}>
        An organization is there with its first device, and this page shows it then. Start an agent, or the demo: dotnet
        run --project DeviceTwin.Api -- --demo
      </Empty>
    ) : (
      <Failed error={error} again={again} />
    );
  }

  return (
    <PlaceContext value={place}>
      <Shell key={place.organizationId}>
        <Switch>
          <Route path="/" component={FleetPage} />
          <Route path="/devices" component={DevicesPage} />
          <Route path="/devices/:deviceId">
            {(part) => <DevicePage key={part.deviceId} deviceId={decode(part.deviceId)} />}
          </Route>
          <Route path="/groups" component={GroupsPage} />
          <Route path="/groups/:name">{(part) => <GroupPage name={decode(part.name)} />}</Route>
          <Route path="/models" component={ModelsPage} />
          <Route path="/models/:name">{(part) => <ModelPage name={decode(part.name)} />}</Route>
          <Route path="/jobs" component={JobsPage} />
          <Route path="/jobs/:jobId">{(part) => <JobPage jobId={part.jobId} />}</Route>
          <Route path="/set-aside" component={SetAsidePage} />
          <Route path="/sign-in">
            <Redirect to="/" />
          </Route>
          <Route>
            <Empty title="There is no such page">Its address may have been cut off.</Empty>
          </Route>
        </Switch>
      </Shell>
    </PlaceContext>
  );
};

// wouter has decoded most of it; what it leaves are characters that separate parts of an address.
const decode = (part: string) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
