import { defineModule, type ModuleDefinition } from "toni"
import { UsersModule } from "./users.module.ts"

export class Orders {}

// #region lazy
export const OrdersModule: ModuleDefinition = defineModule({
  name: "OrdersModule",
  imports: () => [UsersModule], // read when the application is created, not when this file is
  providers: [Orders],
  exports: [Orders],
})
// #endregion
