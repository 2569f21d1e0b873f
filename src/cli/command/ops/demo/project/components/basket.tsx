export function Basket() {
  return <aside>Your basket is empty.</aside>;
}
