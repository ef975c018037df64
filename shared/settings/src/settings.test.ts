import { type Setting, settings as settingKind } from "@elemental/api";
import { type MemoryKube, memoryKube } from "@elemental/kube/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ownSettings, watchSettings } from "./settings.ts";

const own = { serverUrl: "https://own.example.com/", caCert: "OWN", strictTls: false };

async function set(kube: MemoryKube, name: string, value: string): Promise<void> {
  const setting: Setting = { apiVersion: "management.cattle.io/v3", kind: "Setting", metadata: { name }, value };
  await kube.create(settingKind, setting);
}

describe("settings in force", () => {
  test("H29 are our own where Rancher's are not served, without a trailing slash", async () => {
    const kube = memoryKube({ serves: ({ kind }) => kind !== "Setting" });
    onTestFinished(() => kube.close());
    const settings = await watchSettings(kube, own);
    expect(settings.current()).toEqual({ serverUrl: "https://own.example.com", caCert: "OWN", strictTls: false });
    settings.stop();
    expect(ownSettings({ ...own, serverUrl: undefined }).current().serverUrl).toBeUndefined();
  });

  test("are Rancher's where they are served, ours do not mix in", async () => {
    const kube = memoryKube();
    onTestFinished(() => kube.close());
    await set(kube, "server-url", "https://rancher.example.com");
    const settings = await watchSettings(kube, own);
    expect(settings.current()).toEqual({
      serverUrl: "https://rancher.example.com",
      caCert: undefined,
      strictTls: true,
    });
  });

  test("are Rancher's from the time on that it is installed", async () => {
    let installed = false;
    const kube = memoryKube({ serves: ({ kind }) => installed || kind !== "Setting" });
    onTestFinished(() => kube.close());
    const settings = await watchSettings(kube, own);
    const listener = vi.fn();
    settings.onChange(listener);
    installed = true;
    await set(kube, "server-url", "https://rancher.example.com/");
    await expect.poll(() => settings.current().serverUrl).toBe("https://rancher.example.com");
    expect(settings.current()).toMatchObject({ caCert: undefined, strictTls: true });
    expect(listener).toHaveBeenCalled();
    settings.stop();
  });

  test("are followed; other settings wake nobody", async () => {
    const kube = memoryKube();
    onTestFinished(() => kube.close());
    const settings = await watchSettings(kube, own);
    const listener = vi.fn();
    const unsubscribe = settings.onChange(listener);
    await set(kube, "ui-banner", "x");
    await set(kube, "cacerts", "CA");
    await vi.waitFor(() => expect(settings.current().caCert).toBe("CA"));
    expect(listener).toHaveBeenCalledTimes(1);
    unsubscribe();
    await set(kube, "agent-tls-mode", "system-store");
    await vi.waitFor(() => expect(settings.current().strictTls).toBe(false));
    expect(listener).toHaveBeenCalledTimes(1);
    settings.stop();
  });
});
