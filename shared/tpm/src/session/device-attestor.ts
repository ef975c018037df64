import { decodeChallenge, encodeResponse } from "../attestation/challenge.ts";
import { encodeDocument, quoteFeature } from "../attestation/document.ts";
import type { Attestor } from "../attestor.ts";
import type { TpmDevice } from "../device/device.ts";
import { TpmError } from "../errors.ts";
import { activateCredential } from "./activation.ts";
import { type EkAlgorithm, type LoadedEndorsementKey, loadEndorsementKey } from "./endorsement-key.ts";
import { certifyCreation, create, createPrimary, flush, hierarchy, load, readPublic } from "./objects.ts";
import { quotePcrs } from "./quote.ts";
import { akTemplate, srkTemplate } from "./templates.ts";

/** TCG's handle of the storage root key. */
const persistentSrk = 0x81000001;

/** An attestor on a real or simulated TPM. Everything it loads is transient; it closes the device. */
export function deviceAttestor(device: TpmDevice, ek: EkAlgorithm): Attestor {
  return new DeviceAttestor(device, ek);
}

class DeviceAttestor implements Attestor {
  readonly #device: TpmDevice;
  readonly #ekAlgorithm: EkAlgorithm;
  /** Transient handles to flush, newest last. */
  readonly #transient: number[] = [];
  #ek: Promise<LoadedEndorsementKey> | undefined;
  #attestationKey: number | undefined;
  #closed: Promise<void> | undefined;

  constructor(device: TpmDevice, ekAlgorithm: EkAlgorithm) {
    this.#device = device;
    this.#ekAlgorithm = ekAlgorithm;
  }

  async endorsementKeyHash(): Promise<string> {
    return (await this.#endorsementKey()).hash;
  }

  async document(): Promise<string> {
    const { pem } = await this.#endorsementKey();
    const srk = await this.#storageRootKey();
    const key = await create(this.#device, srk, akTemplate);
    const handle = await load(this.#device, srk, key);
    this.#transient.push(handle);
    this.#attestationKey = handle;
    const { attestation, signature } = await certifyCreation(this.#device, handle, key);
    const ak = {
      public: key.public,
      createData: key.creationData,
      createAttestation: attestation,
      createSignature: signature,
    };
    return encodeDocument(pem, ak, [quoteFeature]);
  }

  async answer(message: Buffer): Promise<Buffer> {
    if (this.#attestationKey === undefined) {
      throw new TpmError("CredentialRefused", "no attestation document was made for this challenge");
    }
    const { handle: endorsementKey } = await this.#endorsementKey();
    const keys = { attestationKey: this.#attestationKey, endorsementKey };
    const challenge = decodeChallenge(message);
    const secret = await activateCredential(this.#device, keys, challenge);
    const quote = challenge.quote && (await quotePcrs(this.#device, keys.attestationKey, challenge.quote));
    return encodeResponse(secret, quote);
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  #endorsementKey(): Promise<LoadedEndorsementKey> {
    this.#ek ??= loadEndorsementKey(this.#device, this.#ekAlgorithm).then((ek) => {
      if (ek.transient) this.#transient.push(ek.handle);
      return ek;
    });
    return this.#ek;
  }

  async #storageRootKey(): Promise<number> {
    if ((await readPublic(this.#device, persistentSrk)) !== undefined) return persistentSrk;
    const { handle } = await createPrimary(this.#device, hierarchy.owner, srkTemplate);
    this.#transient.push(handle);
    return handle;
  }

  async #release(): Promise<void> {
    try {
      for (const handle of this.#transient.toReversed()) await flush(this.#device, handle).catch(() => {});
    } finally {
      await this.#device.close();
    }
  }
}
