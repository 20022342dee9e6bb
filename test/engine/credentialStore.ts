import { Credentials } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	INodeParameters,
} from 'n8n-workflow';
import { ICredentialsHelper, NodeHelpers } from 'n8n-workflow';

/** The part of n8n that lives outside its core: keeps credentials encrypted, and decrypts and applies them when a node asks. */
export class CredentialStore extends ICredentialsHelper {
	private readonly stored = new Map<string, Credentials>();

	constructor(private readonly types: ReadonlyMap<string, ICredentialType>) {
		super();
	}

	/** Encrypts and keeps the one credential of a type. */
	save(typeName: string, data: ICredentialDataDecryptedObject): void {
		const credentials = new Credentials({ id: typeName, name: typeName }, typeName);
		credentials.setData(data);
		this.stored.set(typeName, credentials);
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.typeOf(typeName);
		if (typeof authenticate !== 'function') {
			throw new TypeError(`${typeName} has no authenticate function`);
		}
		return await authenticate(credentials, requestOptions);
	}

	async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async getCredentials(_details: INodeCredentialsDetails, typeName: string): Promise<Credentials> {
		const credentials = this.stored.get(typeName);
		if (credentials === undefined) throw new Error(`No credential of type ${typeName}`);
		return credentials;
	}

	async getDecrypted(
		_additionalData: unknown,
		details: INodeCredentialsDetails,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject> {
		const decrypted = (await this.getCredentials(details, typeName)).getData();
		// Like n8n: fields that were never saved get the type's defaults.
		return NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(typeName),
			decrypted as INodeParameters,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	getCredentialsProperties(typeName: string) {
		return this.typeOf(typeName).properties;
	}

	private typeOf(typeName: string): ICredentialType {
		const type = this.types.get(typeName);
		if (type === undefined) throw new Error(`No credential type ${typeName}`);
		return type;
	}
}
