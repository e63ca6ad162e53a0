/** The rules by which the links of a call are looked after: loaded with the call's page, not for the lobby. */
export { constraintsFor, nextDetail, USUAL } from './cameraDetail';
export { nextQuality } from './linkQuality';
export { readStats } from './LinkStats';
export { nextShortage } from './nextShortage';
export { budgetFor } from './sendBudget';
