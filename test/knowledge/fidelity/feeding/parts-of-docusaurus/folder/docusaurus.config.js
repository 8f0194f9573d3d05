export default { title: "Seeds", url: "https://seeds.example" };
