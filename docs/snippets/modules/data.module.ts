import { defineModule, inject, Token, type OnModuleDestroy } from "toni"

/** Stands for a driver whose connect() takes a while. */
export class Database implements OnModuleDestroy {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  static async connect(url: string): Promise<Database> {
    await Promise.resolve()
    console.log(`connected to ${url}`)
    return new Database(url)
  }

  onModuleDestroy() {
    console.log("database closed")
  }
}

// #region data-module
export const DatabaseUrl = new Token<string>("DatabaseUrl")

export const DataModule = defineModule({
  name: "DataModule",
  providers: [
    { provide: DatabaseUrl, useValue: "memory://chat" },
    { provide: Database, useFactory: () => Database.connect(inject(DatabaseUrl)) },
  ],
  exports: [Database],
})
// #endregion
