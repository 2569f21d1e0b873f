import { Basket } from "../components/basket";

export default function Home() {
  return (
    <main>
      <h1>Corner shop</h1>
      <Basket />
    </main>
  );
}
